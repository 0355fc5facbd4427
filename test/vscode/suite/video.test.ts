import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { type CompletionList, commands, extensions, Selection, Uri, workspace } from 'vscode';
import { diagnosed } from './diagnostics.ts';
import { fileUri, open, rangeOf, textWhen, write } from './documents.ts';
import { hoverText } from './hover.ts';
import { canDrive, clickInPage, press, screenshot, see, seeInPage, type } from './window.ts';

const TEXT = `---
frames: 16
fps: 8
video: {source: swaying.gif}
controlnet:
  - {model: missing, preprocessor: canny}
---
a fox in a red room

0: red fur
10: white fur
`;

/** Opens a file beside the video of the example, with this text. */
async function openWith(text: string) {
  const example = extensions.getExtension('prompt-travel.prompt-travel')!.extensionUri;
  await workspace.fs.copy(Uri.joinPath(example, 'examples/swaying.gif'), fileUri('swaying.gif'));
  const editor = await open('tiny.travel');
  await write(editor, text);
  // The language server has started, and has read the text.
  await diagnosed(editor.document.uri, 'travel/unknown-model');
  return editor;
}

suite('a video', () => {
  test('is completed by its name, with what else fits in its folder', async () => {
    const { document } = await openWith(TEXT.replace('swaying.gif', ''));
    const { items } = await commands.executeCommand<CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      rangeOf(document, 'source: ').end,
    );
    const names = items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    assert.ok(names.includes('swaying.gif') && names.includes('wildcards/'), names.join(' '));
    assert.ok(!names.includes('tiny.travel'), names.join(' '));
  });

  if (canDrive) {
    test('is chosen from the list while typing, also in a folder', async () => {
      const editor = await openWith(TEXT.replace('swaying.gif', ''));
      const { document } = editor;
      await workspace.fs.copy(fileUri('swaying.gif'), fileUri('takes/first take.gif'));
      const { end } = rangeOf(document, 'source: ');
      editor.selection = new Selection(end, end);
      await commands.executeCommand('workbench.action.focusActiveEditorGroup');
      await type('tak');
      await see('.suggest-widget.visible .monaco-list-row.focused >> text=takes/');
      await screenshot('video-completion-folder');
      await press('Enter');
      await textWhen(document, (text) => text.includes('{source: takes/}'));
      await see('.suggest-widget.visible .monaco-list-row >> text=first take.gif');
      await screenshot('video-completion');
      await press('Enter');
      await textWhen(document, (text) => text.includes('{source: takes/first take.gif}'));
    });
  }

  test('is shown in its hover, with its facts', async () => {
    const editor = await openWith(TEXT);
    const { document } = editor;
    const at = rangeOf(document, 'swaying').start;
    const text = await hoverText(document, at);
    assert.match(text, /GIF, 128×128, 8\.333 fps, 1\.92 s, 16 frames/);
    assert.match(text, /!\[\]\(.*swaying\.gif/);
    editor.selection = new Selection(at, at);
    await commands.executeCommand('editor.action.showHover');
    await see('.monaco-hover:not(.hidden) .hover-contents img');
    await screenshot('video-hover');
    await press('Escape');
  });

  test('is a strip in the timeline, and beside the hints of its units', async () => {
    await openWith(TEXT);
    await commands.executeCommand('travel.openPreview');
    await seeInPage('text=/16 frames/');
    // The lane with the frames of the video.
    await seeInPage('#cell-source');
    await clickInPage('role=button[name="Show Input (H)"]');
    await screenshot('video-input-menu');
    await clickInPage('text=Source and Hints');
    await seeInPage('.inputs .input:nth-child(1) img[alt^="Source"]');
    await seeInPage('.inputs .input:nth-child(2) img[alt^="Unit 1: canny"]');
    await screenshot('video-input');
  });
});
