import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { commands, env, type TaskProcessEndEvent, tasks, window, workspace } from 'vscode';
import { eventually, fileUri, open } from './documents.ts';
import { press, screenshot, see, seeInPage } from './window.ts';

suite('commands', () => {
  test('New Travel File opens one to fill in', async () => {
    await commands.executeCommand('travel.newFile');
    const document = window.activeTextEditor?.document;
    assert.equal(document?.languageId, 'travel');
    assert.match(document.getText(), /^---\nframes: 32\n/);
    await screenshot('new-file');
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  test('Copy as A1111 Prompt fills the clipboard', async () => {
    await open('right.travel');
    await commands.executeCommand('travel.copyAsA1111');
    const copied = await env.clipboard.readText();
    assert.match(copied, /^0: \(closed eyes:1\.3\), closed mouth$/m);
    assert.match(copied, /cute blonde woman with braids/);
    assert.doesNotMatch(copied, /#|\$hero|frames/);
  });

  test('Render writes the pictures', async () => {
    await open('tiny.travel');
    let ended: TaskProcessEndEvent | undefined;
    const listener = tasks.onDidEndTaskProcess((event) => {
      ended = event;
    });
    await commands.executeCommand('travel.render');
    const { exitCode } = await eventually(tasks.onDidEndTaskProcess, () => ended);
    listener.dispose();
    await screenshot('render');
    assert.equal(exitCode, 0);
    const pictures = await workspace.fs.readDirectory(fileUri('renders'));
    assert.ok(pictures.length > 0);
  });

  test('Choose Model Folders asks for a folder', async () => {
    // Not awaited: it ends when the person has chosen.
    const done = commands.executeCommand('travel.chooseModelFolders');
    await see('.quick-input-widget');
    await screenshot('choose-model-folders');
    await commands.executeCommand('workbench.action.closeQuickOpen');
    await done;
    assert.deepEqual(workspace.getConfiguration('travel').get('modelFolders'), []);
  });

  test('Show Log opens the log', async () => {
    await commands.executeCommand('travel.showLog');
    await see('.output-view');
    await screenshot('log');
    await commands.executeCommand('workbench.action.closePanel');
  });

  test('the walkthrough has a page for each step', async () => {
    await commands.executeCommand('workbench.action.openWalkthrough', 'prompt-travel.prompt-travel#start');
    await see('.getting-started-step');
    // The explanation beside the steps is a page of its own.
    await seeInPage('text=Between two keyframes');
    await screenshot('walkthrough');
    await press('Escape');
    await commands.executeCommand('workbench.action.closeActiveEditor');
  });
});
