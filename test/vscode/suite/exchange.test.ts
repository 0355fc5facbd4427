import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { commands, type TextDocument, Uri, window, workspace } from 'vscode';
import { eventually, fileUri, open, textWhen } from './documents.ts';
import { clearNotifications, seeNotification } from './notifications.ts';
import { filesOf, openWith, render } from './renders.ts';
import { canDrive, click, copy, press, screenshot, see } from './window.ts';

const PARAMETERS =
  'a fox\n0: red fur\n12: white fur\nNegative prompt: blurry\n' +
  'Steps: 24, Sampler: Euler, CFG scale: 6, Seed: 7, Size: 512x768, Model: toonyou, ' +
  'AnimateDiff: "enable: True, model: mm_sd_v15_v2.ckpt, video_length: 24, fps: 8, loop_number: 0, closed_loop: N, batch_size: 16"';

const SCHEDULE = '{\n"0": "red hair",\n"8": "blue hair"\n}\n';
const REQUEST = JSON.stringify({
  prompt: 'a fox',
  steps: 9,
  enable_hr: true,
  alwayson_scripts: { AnimateDiff: { args: [{}] } },
});

/** A PNG of A1111, without its pixels, which nothing looks at. */
function png(parameters: string): Uint8Array {
  const chunk = (kind: string, data: string) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, Buffer.from(kind + data, 'latin1'), Buffer.alloc(4)]);
  };
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', '\0'.repeat(13)),
    chunk('tEXt', `parameters\0${parameters}`),
    chunk('IEND', ''),
  ]);
}

async function written(name: string, content: Uint8Array | string): Promise<Uri> {
  await workspace.fs.writeFile(
    fileUri(name),
    typeof content === 'string' ? new TextEncoder().encode(content) : content,
  );
  return fileUri(name);
}

const untitled = () =>
  window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .map(({ input }) => (input as { readonly uri?: Uri } | undefined)?.uri)
    .filter((uri) => uri?.scheme === 'untitled')
    .map((uri) => workspace.textDocuments.find((document) => document.uri.toString() === uri?.toString()))
    .filter((document): document is TextDocument => document !== undefined);

const closeAll = () => commands.executeCommand('workbench.action.revertAndCloseActiveEditor');

async function closeUntitled(): Promise<void> {
  await clearNotifications();
  for (const document of untitled()) {
    await window.showTextDocument(document);
    await closeAll();
  }
}

suite('import and export', () => {
  test('Open as Travel opens each selected file as a document', async () => {
    const files = [await written('fox.png', png(PARAMETERS)), await written('hair.json', SCHEDULE)];
    await commands.executeCommand('travel.openAsTravel', files[0], files);
    const [fox, hair] = untitled();
    assert.deepEqual([fox?.languageId, hair?.languageId], ['travel', 'travel']);
    assert.match(
      fox!.getText(),
      /^---\nframes: 24\n[\s\S]*checkpoint: toonyou\n[\s\S]*\na fox\n\n0: red fur\n12: white fur\n$/,
    );
    assert.match(hair!.getText(), /\n0: red hair\n8: blue hair\n$/);
    await closeUntitled();
  });

  test('what could not be carried over becomes comments only if asked', async () => {
    await commands.executeCommand('travel.openAsTravel', await written('request.json', REQUEST));
    const document = window.activeTextEditor!.document;
    assert.doesNotMatch(document.getText(), /#/);
    await seeNotification('/request.json was imported. Not everything could be carried over/');
    await screenshot('import-notes');
    await click('.notifications-center >> .monaco-button >> text=Add as Comments');
    if (canDrive) await textWhen(document, (text) => /^---\n# .+\n/.test(text));
    await closeUntitled();
  });

  test('a rendered file opens as its source, verbatim', async () => {
    const { document } = await openWith('tiny.travel', { save: '[txt, png]' });
    const source = document.getText();
    const written = await filesOf(await render());
    const text = written.find((path) => path.endsWith('.txt'))!;
    for (const path of [text, `${text.replace(/\.txt$/, '')}/00000.png`]) {
      await commands.executeCommand('travel.openAsTravel', Uri.file(path));
      assert.equal(window.activeTextEditor?.document.getText(), source);
    }
    await closeUntitled();
  });

  test('a file that cannot be imported is named with the reason', async () => {
    await commands.executeCommand('travel.openAsTravel', await written('empty.png', png('').subarray(0, 33)));
    assert.deepEqual(untitled(), []);
    await seeNotification('/empty.png could not be imported/');
    await clearNotifications();
  });

  // Only a person chooses from lists.
  if (canDrive) {
    test('Export opens the result and its notes beside the file', async () => {
      const source = (await open('right.travel')).document;
      const done = commands.executeCommand('travel.export');
      await see('.quick-input-widget >> text=ComfyUI Workflow');
      await screenshot('export-formats');
      await click('.quick-input-widget >> text=A1111 API Request');
      await done;
      const result = untitled().find(({ languageId }) => languageId === 'json')!;
      assert.match((JSON.parse(result.getText()) as { prompt: string }).prompt, /^0: \(closed eyes:1\.3\)/m);
      const notes = await eventually(window.onDidChangeVisibleTextEditors, () =>
        window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'travel-notes'),
      );
      assert.match(notes.document.getText(), /^# right\.travel → A1111 API Request\n\n\* /);
      assert.ok(window.visibleTextEditors.some(({ document }) => document === source));
      await screenshot('export');
      await closeUntitled();
      await commands.executeCommand('workbench.action.closeEditorsInOtherGroups');
      await commands.executeCommand('workbench.action.closeAllEditors');
    });

    test('a request that is pasted into an empty document can be converted', async () => {
      const document = await workspace.openTextDocument({ language: 'travel', content: '' });
      await window.showTextDocument(document);
      await copy(REQUEST);
      await commands.executeCommand('workbench.action.focusActiveEditorGroup');
      await press('Control+v');
      await textWhen(document, (text) => text === REQUEST);
      await see('.post-edit-widget');
      await press('Control+.');
      await see('.action-widget >> text=Convert');
      await screenshot('paste-convert');
      await press('ArrowDown');
      await press('Enter');
      await textWhen(document, (text) => /^---\n[\s\S]*steps: 9\n[\s\S]*a fox\n$/.test(text));
      await closeUntitled();
    });
  }
});
