import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { commands, env, type Hover, type MarkdownString, Position, Uri, window, workspace } from 'vscode';
import type { RenderResult } from '../../../protocol/engine.ts';
import { open } from './documents.ts';
import { clearNotifications } from './notifications.ts';
import { click, press, screenshot, see, seeInPage } from './window.ts';

suite('commands', () => {
  test('New Travel File opens an untitled file with placeholders', async () => {
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
    // It lists what is lost, and would push later messages out of sight.
    await clearNotifications();
  });

  test('Render offers to save an untitled file first', async () => {
    await commands.executeCommand('travel.newFile');
    // Not awaited: it ends when the dialog is closed.
    const done = commands.executeCommand('travel.render');
    await see('.quick-input-widget');
    await screenshot('save-untitled');
    await commands.executeCommand('workbench.action.closeQuickOpen');
    assert.equal(await done, undefined);
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  test('Render renders what the hover shows: the same seed, the same wildcards', async () => {
    const { document } = await open('rolled.travel');
    const place = new Position(document.lineCount - 1, 0);
    const shown = async () => {
      const hovers = await commands.executeCommand<Hover[]>('vscode.executeHoverProvider', document.uri, place);
      return hovers.flatMap(({ contents }) => contents.map((part) => (part as MarkdownString).value)).join('\n');
    };
    const before = await shown();
    const rendered = async () => {
      const result = await commands.executeCommand<RenderResult>('travel.render');
      assert.ok(result.ok, JSON.stringify(result));
      return new TextDecoder().decode(await workspace.fs.readFile(Uri.file(result.files[0]!)));
    };
    const first = await rendered();
    const [, prompt] = /```text\n(.*)\n```/.exec(before) ?? [];
    assert.ok(prompt && first.includes(prompt), `${prompt} is not in ${first}`);
    const seedOf = (text: string) => /Seed: (\d+)/.exec(text)?.[1];
    assert.equal(seedOf(await rendered()), seedOf(first));
    await commands.executeCommand('travel.rollSeed');
    const again = await rendered();
    assert.notEqual(seedOf(again), seedOf(first));
    const [, next] = /```text\n(.*)\n```/.exec(await shown()) ?? [];
    assert.ok(next && again.includes(next), `${next} is not in ${again}`);
    await clearNotifications();
  });

  test('Choose Model Folders asks for a folder', async () => {
    // Not awaited: it ends when the user has chosen.
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
    await click('.getting-started-step >> text="Write"');
    // The explanation beside the steps is a webview.
    await seeInPage('text=A keyframe is a frame');
    await screenshot('walkthrough');
    await click('.getting-started-step >> text="Get models"');
    await seeInPage('text=v1-5-pruned-emaonly.safetensors');
    await screenshot('walkthrough-get-models');
    await click('.getting-started-step >> text="Render"');
    await seeInPage('img');
    await screenshot('walkthrough-render');
    await press('Escape');
    await commands.executeCommand('workbench.action.closeActiveEditor');
  });
});
