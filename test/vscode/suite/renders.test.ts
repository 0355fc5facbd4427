import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { commands, Uri, workspace } from 'vscode';
import type { RenderResult } from '../../../protocol/engine.ts';
import { open } from './documents.ts';
import { seeNotification } from './notifications.ts';
import { click, press, screenshot, see } from './window.ts';

const render = () => commands.executeCommand<RenderResult>('travel.render');

async function expectFiles(result: RenderResult): Promise<void> {
  assert.ok(result.ok, JSON.stringify(result));
  assert.ok(result.files.length > 0);
  for (const file of result.files) await workspace.fs.stat(Uri.file(file));
}

suite('renders', () => {
  test('Render writes the frames and shows the result in a message', async () => {
    await open('tiny.travel');
    await expectFiles(await render());
    await seeNotification('/tiny: 2 frames, seed 1, in/');
    await screenshot('render');
    await commands.executeCommand('notifications.clearAll');
    await commands.executeCommand('notifications.hideList');
  });

  test('Render on a second file waits for the first one, and both are rendered', async () => {
    await open('long.travel');
    const first = render();
    await seeNotification('Rendering long');
    await see('.statusbar-item >> text=/long \\d+\\/60/');
    await open('tiny.travel');
    const second = render();
    await see('.statusbar-item >> text=tiny: 2nd in the queue');
    await screenshot('render-queue');
    for (const result of await Promise.all([first, second])) await expectFiles(result);
    await commands.executeCommand('notifications.clearAll');
    await commands.executeCommand('notifications.hideList');
  });

  test('Render on a file that is being rendered asks; Cancel in the notification ends it', async () => {
    await open('long.travel');
    const first = render();
    await see('.statusbar-item >> text=/long \\d+\\/60/');
    const again = render();
    await seeNotification('/long.travel is already being rendered/');
    await screenshot('render-again');
    await click('.notifications-center >> text=Wait');
    assert.equal(await again, undefined);
    await click('.notifications-center >> .monaco-button >> text=/^Cancel$/');
    const result = await first;
    assert.ok(!result.ok && result.kind === 'cancelled', JSON.stringify(result));
    await commands.executeCommand('notifications.clearAll');
    await commands.executeCommand('notifications.hideList');
  });

  test('Show Renders lists them, and tries one again', async () => {
    // Not awaited: it ends when the user has chosen.
    const done = commands.executeCommand('travel.showRenders');
    await see('.quick-input-widget >> text=long');
    await screenshot('show-renders');
    await click('.quick-input-widget >> text=canceled');
    await see('.quick-input-widget >> text=Try Again');
    await screenshot('show-renders-actions');
    await press('Enter');
    await done;
    await see('.statusbar-item >> text=/long \\d+\\/60/');
    await seeNotification('/long: 4 frames, seed 1, in/');
    await commands.executeCommand('notifications.clearAll');
    await commands.executeCommand('notifications.hideList');
  });
});
