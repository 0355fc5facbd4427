import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { type CodeAction, commands, Range, Uri, window, workspace } from 'vscode';
import { diagnosed } from './diagnostics.ts';
import { eventually, open, textWhen } from './documents.ts';
import { closeUntitled, PARAMETERS, png, REQUEST, SCHEDULE, untitled, written } from './imports.ts';
import { clearNotifications, seeNotification } from './notifications.ts';
import { filesOf, openWith, render } from './renders.ts';
import { canDrive, chooseEdit, click, copy, fill, press, screenshot, see, seeProposed, type } from './window.ts';

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

  if (canDrive) {
    test('what could not be carried over is shown beside the document if asked', async () => {
      await commands.executeCommand('travel.openAsTravel', await written('request.json', REQUEST));
      await seeNotification('/request.json was imported/');
      await click('.notifications-center >> .monaco-button >> text=Show Notes');
      const notes = await eventually(window.onDidChangeVisibleTextEditors, () =>
        window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'travel-notes'),
      );
      assert.match(notes.document.getText(), /^# request\.json\n\n(\* .+\n)*\* Hires fix/);
      await screenshot('import-notes-shown');
      await closeUntitled();
      await commands.executeCommand('workbench.action.closeAllEditors');
    });

    test('Import asks for a file', async () => {
      const file = await written('hair.json', SCHEDULE);
      const done = commands.executeCommand('travel.import');
      // It lists a folder first, and would replace what is written before.
      await see('.quick-input-title >> text=Import');
      await seeProposed('/workspace/');
      await screenshot('import-dialog');
      await fill(file.fsPath);
      await see('.quick-input-list >> text=hair.json');
      await press('Enter');
      await done;
      const [hair] = untitled();
      assert.match(hair!.getText(), /\n0: red hair\n8: blue hair\n$/);
      await closeUntitled();
    });
  }

  test('a rendered file opens as its source, verbatim', async () => {
    const { document } = await openWith('tiny.travel', { save: '[txt, png, webp, gif, apng, mp4]' });
    const source = document.getText();
    const files = (await filesOf(await render())).map((path) =>
      /\.\w+$/.test(path) ? Uri.file(path) : Uri.joinPath(Uri.file(path), '00000.png'),
    );
    assert.equal(files.length, 6);
    await commands.executeCommand('travel.openAsTravel', files[0], files);
    assert.deepEqual(
      untitled().map((each) => each.getText()),
      files.map(() => source),
    );
    await screenshot('open-as-travel');
    await closeUntitled();
  });

  test('a quick fix shows what it cannot carry over', async () => {
    const content = '{"0": {"prompt": "a", "strength": 1}, "8": "b"}\n';
    const document = await workspace.openTextDocument({ language: 'travel', content });
    await window.showTextDocument(document);
    await diagnosed(document.uri, 'travel/pasted-schedule');
    const actions = await commands.executeCommand<CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      new Range(0, 0, 0, 1),
      'quickfix',
    );
    const fix = actions.find(({ title }) => title === 'Convert to 2 keyframes')!;
    assert.ok(await workspace.applyEdit(fix.edit!));
    assert.equal(document.getText(), '0: a\n8: b\n');
    await commands.executeCommand(fix.command!.command, ...(fix.command!.arguments ?? []));
    await seeNotification('/Text in .+ was imported. Not everything could be carried over \\(1 note\\)/');
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
      await chooseEdit('Convert to Travel', 'paste-convert');
      await textWhen(document, (text) => /^---\n[^#]*steps: 9\n[^#]*a fox\n$/.test(text));
      await seeNotification('/The pasted text was imported. Not everything could be carried over/');
      await screenshot('paste-notes');
      await commands.executeCommand('workbench.action.focusActiveEditorGroup');
      await commands.executeCommand('undo');
      assert.equal(document.getText(), '');
      await closeUntitled();
    });

    test('a request that is pasted into text opens as a document of its own, and nothing else is undone', async () => {
      const { document } = await open('tiny.travel');
      await commands.executeCommand('workbench.action.focusActiveEditorGroup');
      await press('Control+End');
      await type('a dog');
      const typed = await textWhen(document, (text) => text.endsWith('a dog'));
      await copy(REQUEST);
      await press('Control+v');
      await textWhen(document, (text) => text === typed + REQUEST);
      await chooseEdit('Open as Travel', 'paste-open');
      const opened = await eventually(window.onDidChangeActiveTextEditor, () => untitled()[0]);
      assert.match(opened.getText(), /\nsteps: 9\n/);
      assert.deepEqual([opened.uri.toString(), opened.languageId], ['untitled:Pasted', 'travel']);
      assert.equal(document.getText(), typed);
      await screenshot('paste-opened');
      await closeUntitled();
      await commands.executeCommand('workbench.action.files.revert');
    });
  }
});
