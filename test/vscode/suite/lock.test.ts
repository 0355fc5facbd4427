import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { commands, Uri, window, workspace } from 'vscode';
import { eventually, open, write } from './documents.ts';
import { clearNotifications, seeNotification } from './notifications.ts';
import { click, screenshot } from './window.ts';

suite('lock files', () => {
  test('Write Lock File writes JSON beside the file, and a later render names what differs', async () => {
    const { uri } = (await open('tiny.travel')).document;
    await commands.executeCommand('travel.writeLock');
    await seeNotification('/tiny\\.travel\\.lock was written: seed 1, 1 model/');
    await click('.notifications-center >> .monaco-button >> text=Open');
    const lock = Uri.file(`${uri.fsPath}.lock`).toString();
    const shown = await eventually(window.onDidChangeActiveTextEditor, () => {
      const document = window.activeTextEditor?.document;
      return document?.uri.toString() === lock ? document : undefined;
    });
    assert.equal(shown.languageId, 'json');
    await screenshot('lock-file');
    await commands.executeCommand('workbench.action.closeActiveEditor');
    await clearNotifications();

    const editor = await open('tiny.travel');
    await write(editor, editor.document.getText().replace('seed: 1', 'seed: 2'));
    await commands.executeCommand('travel.render');
    await seeNotification('/tiny\\.travel differs from its lock file\\. The seed is 2; locked: 1\\./');
    await screenshot('lock-differs');
    await clearNotifications();
    await workspace.fs.delete(Uri.parse(lock));
  });
});
