import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { type CodeLens, commands, TabInputCustom, TabInputText, window } from 'vscode';
import type { RenderResult } from '../../../protocol/engine.ts';
import { open, textWhen, write } from './documents.ts';
import { clearNotifications, seeNotification } from './notifications.ts';
import { filesOf, render } from './renders.ts';
import { press, screenshot, see } from './window.ts';

/** Files in the tabs of all editor groups. */
const openTabs = () =>
  window.tabGroups.all.flatMap(({ tabs, viewColumn }) =>
    tabs.flatMap(({ input }) =>
      input instanceof TabInputCustom || input instanceof TabInputText ? [{ path: input.uri.path, viewColumn }] : [],
    ),
  );

suite('tries', () => {
  test('Render Draft says what it left out, and the text stays as it is', async () => {
    const { document } = await open('tiny.travel');
    const text = document.getText();
    const [file] = await filesOf(await commands.executeCommand<RenderResult>('travel.renderDraft'));
    assert.match(file ?? '', /-draft\.webp$/);
    await seeNotification('/tiny: 2 frames, seed 1, in .*Draft: /');
    assert.equal(document.getText(), text);
    await screenshot('draft');
    await clearNotifications();
  });

  test('the lens above a keyframe previews its frame beside the text', async () => {
    // Its time is what the estimate is made from.
    await open('tiny.travel');
    await filesOf(await render());
    await clearNotifications();
    const { document } = await open('rolled.travel');
    const lenses = await commands.executeCommand<CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 10);
    const [whole, preview] = lenses.map(({ command }) => command);
    assert.match(whole?.title ?? '', /^Render · about \d+:\d\d, \d\.\d GB$/);
    assert.equal(preview?.title, 'Preview this frame');
    const result = await commands.executeCommand<RenderResult>(preview.command, ...(preview.arguments ?? []));
    const [file] = await filesOf(result);
    assert.match(file ?? '', /previews\/rolled-0\.png$/);
    await seeNotification('/rolled: 1 frame, seed .*It is the same in the full render/');
    const tab = openTabs().find(({ path }) => path === file);
    assert.ok(tab && tab.viewColumn > 1, JSON.stringify(openTabs()));
    await screenshot('preview-frame');
    await clearNotifications();
    await commands.executeCommand('workbench.action.closeEditorsInOtherGroups');
  });

  test('Render Selected Frames asks for a range, and does not accept one outside of the clip', async () => {
    await open('tiny.travel');
    const rendered = commands.executeCommand<RenderResult>('travel.renderFrames');
    await see('.quick-input-widget >> text=/First and last frame of 0 to 1/');
    await press('Control+a');
    await press('5');
    await see('.quick-input-widget >> text=/Frame 5 is after the end of the clip/');
    await screenshot('render-frames');
    await press('Control+a');
    await press('1');
    await press('Enter');
    assert.equal((await filesOf(await rendered)).length, 1);
    await seeNotification('/tiny: frame 1, seed 1, in/');
    await clearNotifications();
  });

  test('Render 4 Seeds writes a sheet', async () => {
    await open('tiny.travel');
    const rendered = commands.executeCommand<RenderResult>('travel.renderSeeds');
    await see('.quick-input-widget >> text=Full Renders');
    await screenshot('render-seeds');
    await press('Enter');
    const [file] = await filesOf(await rendered);
    assert.match(file ?? '', /renders\/tiny-seeds\.webp$/);
    await seeNotification('/tiny, 4 seeds: 4 clips, seed 1, in .*The clips are drafts/');
    await screenshot('render-seeds-done');
    await clearNotifications();
  });

  test('Lock Seed is one edit, which one undo takes back', async () => {
    const editor = await open('tiny.travel');
    const { document } = editor;
    await write(editor, '0: a cat\n');
    await commands.executeCommand('travel.lockSeed');
    const locked = await textWhen(document, (text) => text.includes('seed:'));
    assert.match(locked, /^---\nseed: \d+\n---\n0: a cat\n$/);
    await commands.executeCommand('undo');
    assert.equal(document.getText(), '0: a cat\n');
    await commands.executeCommand('workbench.action.files.revert');
  });
});
