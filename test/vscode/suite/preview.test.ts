import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { suite, test } from 'mocha';
import { ConfigurationTarget, commands, type TabInputCustom, Uri, WorkspaceEdit, window, workspace } from 'vscode';
import type { RenderResult } from '../../../protocol/engine.ts';
import { eventually, fileUri, open, textWhen, write } from './documents.ts';
import {
  canDrive,
  click,
  clickInPage,
  dragKeyframe,
  press,
  screenshot,
  see,
  seeInPage,
  seeKeyboardInPage,
} from './window.ts';

const render = () => commands.executeCommand<RenderResult>('travel.render');

/** The tab of the preview, and of rendered files. */
const previewTabs = () =>
  window.tabGroups.all.flatMap(({ tabs }) => tabs.filter(({ label }) => /Preview|\.(?:webp|gif|mp4|txt)$/.test(label)));

suite('preview', () => {
  test('opens beside the text, which keeps the keyboard, and follows what is typed', async () => {
    const editor = await open('right.travel');
    await commands.executeCommand('travel.openPreview');
    await seeInPage('text=/32 frames/');
    assert.equal(window.activeTextEditor, editor);
    await screenshot('preview');
    await write(editor, '---\nframes: 48\n---\n0: a cat\n16 cut: a fox\n40: a wolf\n');
    await seeInPage('text=/48 frames/');
    await screenshot('preview-edited');
    assert.equal(window.activeTextEditor, editor);
  });

  test('follows the active file, and stays on its file while it is locked', async () => {
    await open('tiny.travel');
    await commands.executeCommand('travel.openPreview');
    await seeInPage('text=/2 frames/');
    await open('long.travel');
    await seeInPage('text=/4 frames/');
    await commands.executeCommand('travel.togglePreviewLock');
    await see('.tab >> text=[Preview] long');
    await open('tiny.travel');
    assert.deepEqual(
      previewTabs().map(({ label }) => label),
      ['[Preview] long'],
    );
    await commands.executeCommand('travel.togglePreviewLock');
    await see('.tab >> text=Preview tiny');
  });

  test('comes back after it was hidden', async () => {
    await open('tiny.travel');
    await commands.executeCommand('travel.openPreview');
    await seeInPage('text=/2 frames/');
    const group = window.tabGroups.all.find(({ tabs }) => tabs.some((tab) => tab.label === 'Preview tiny'))!;
    const other = await workspace.openTextDocument(fileUri('notes.md'));
    await window.showTextDocument(other, { viewColumn: group.viewColumn });
    const editor = await open('tiny.travel');
    await write(editor, '---\nframes: 7\n---\na cat\n');
    await commands.executeCommand('travel.openPreview');
    await seeInPage('text=/7 frames/');
  });

  if (canDrive) {
    test('moves a keyframe in the text when its diamond is dragged; one undo brings it back', async () => {
      const editor = await open('tiny.travel');
      const { document } = editor;
      await write(editor, '---\nframes: 24\n---\na cat\n\n0: in a garden\n8: in the rain # here\n16: on a roof\n');
      await document.save();
      await commands.executeCommand('travel.openPreview');
      await seeInPage('text=/24 frames/');
      const before = document.getText();
      await dragKeyframe(8, 12);
      const after = await textWhen(document, (now) => now !== before);
      assert.equal(after, before.replace('8: in the rain', '12: in the rain'));
      await screenshot('preview-dragged');
      await window.showTextDocument(document);
      await commands.executeCommand('undo');
      assert.equal(document.getText(), before);
      // Nothing else was done to the file that was saved.
      assert.equal(document.isDirty, false);
    });
  }

  if (canDrive) {
    test('undoes, redoes and saves in the text while the page has the keyboard, which stays there', async () => {
      const editor = await open('tiny.travel');
      const { document } = editor;
      await write(editor, '---\nframes: 24\n---\na cat\n\n0: in a garden\n8: in the rain\n16: on a roof\n');
      await document.save();
      await commands.executeCommand('travel.openPreview');
      await seeInPage('text=/24 frames/');
      const before = document.getText();
      await dragKeyframe(8, 12);
      const after = await textWhen(document, (now) => now !== before);
      await press('Control+z');
      assert.equal(await textWhen(document, (now) => now === before), before);
      // The keyboard comes back after a moment, in which keys would go on their way.
      await seeKeyboardInPage();
      await press('Control+Shift+z');
      assert.equal(await textWhen(document, (now) => now === after), after);
      await seeKeyboardInPage();
      assert.equal(document.isDirty, true);
      const saved = new Promise<void>((resolve) => {
        const listening = workspace.onDidSaveTextDocument(() => {
          listening.dispose();
          resolve();
        });
      });
      await press('Control+s');
      await saved;
      assert.equal(document.isDirty, false);
      // The player still has the keys.
      await press('Home');
      await press('ArrowRight');
      await seeInPage('.time-frame b:text-is("1")');
    });
  }

  test('shows a render while it runs, and its clip at the end', async () => {
    await open('long.travel');
    await commands.executeCommand('travel.openPreview');
    await seeInPage('text=/4 frames/');
    const rendering = render();
    await seeInPage('text=/step \\d+/i');
    await screenshot('preview-sampling');
    const result = await rendering;
    assert.ok(result.ok, JSON.stringify(result));
    await seeInPage('text=/4 frames, seed 1, in/');
    await screenshot('preview-done');
  });

  test('cancels a render', async () => {
    await open('long.travel');
    await commands.executeCommand('travel.openPreview');
    const rendering = render();
    await seeInPage('text=/step \\d+/i');
    await clickInPage('text=Cancel');
    const result = await rendering;
    assert.ok(!result.ok && result.kind === 'cancelled', JSON.stringify(result));
    await seeInPage('text=/cancel/i');
    await screenshot('preview-canceled');
  });

  test('opens rendered files with their source', async () => {
    const editor = await open('tiny.travel');
    const source = editor.document.getText().replace('save: [png]', 'save: [webp, gif, mp4, txt]');
    await write(editor, source);
    const result = await render();
    assert.ok(result.ok, JSON.stringify(result));
    assert.equal(result.files.length, 4);
    for (const [i, file] of result.files.entries()) {
      await commands.executeCommand('vscode.openWith', Uri.file(file), 'travel.renderedFile');
      await seeInPage('text=/seed 1/');
      await screenshot(`rendered-file-${file.split('.').at(-1)}`);
      assert.ok(previewTabs().some(({ input }) => (input as TabInputCustom).viewType === 'travel.renderedFile'));
      if (canDrive && i === 0) {
        await click('.editor-actions [aria-label^="Open Source"]');
        await eventually(window.onDidChangeActiveTextEditor, () => window.activeTextEditor);
      } else await commands.executeCommand('travel.openSource');
      assert.equal(window.activeTextEditor?.document.getText(), source);
      assert.equal(window.activeTextEditor?.document.languageId, 'travel');
      await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      await commands.executeCommand('workbench.action.closeActiveEditor');
    }
  });

  test('lists the renders of a file that was renamed', async () => {
    const editor = await open('tiny.travel');
    const source = editor.document.getText().replace('save: [png]', 'save: [webp]');
    await write(editor, source.replace(/^output: .*$/m, 'output: renders/{name}/{seed}'));
    await editor.document.save();
    await commands.executeCommand('travel.openPreview');
    const result = await render();
    assert.ok(result.ok, JSON.stringify(result));
    await seeInPage('#tab-renders:has-text("(1)")');
    const edit = new WorkspaceEdit();
    edit.renameFile(editor.document.uri, fileUri('renamed.travel'));
    assert.ok(await workspace.applyEdit(edit));
    await see('.tab >> text=Preview renamed');
    await seeInPage('#tab-renders:has-text("(1)")');
    await screenshot('preview-renamed');
  });

  test('compares with the last commit', async () => {
    const folder = fileUri('.').fsPath;
    const git = (...parts: string[]) =>
      execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...parts], { cwd: folder });
    git('init', '--quiet');
    git('add', 'tiny.travel');
    git('commit', '--quiet', '--message', 'Add a clip');
    const enabled = (value: boolean) =>
      workspace.getConfiguration('git').update('enabled', value, ConfigurationTarget.Global);
    await enabled(true);
    try {
      const editor = await open('tiny.travel');
      await commands.executeCommand('git.openRepository', folder);
      await write(editor, editor.document.getText().replace('steps: 1', 'steps: 2'));
      await textWhen(editor.document, (text) => text.includes('steps: 2'));
      await commands.executeCommand('travel.compareWithHead');
      await seeInPage('text=HEAD');
      // The version of the commit is not a render of the file.
      await seeInPage('#tab-renders:has-text("(1)")');
      await screenshot('compare-with-head');
      await editor.document.save();
    } finally {
      await enabled(false);
    }
  });
});
