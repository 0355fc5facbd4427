import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { commands } from 'vscode';
import { open } from './documents.ts';
import { clearNotifications, seeNotification } from './notifications.ts';
import { filesOf, holdEngine, openWith, render } from './renders.ts';
import { click, press, screenshot, see } from './window.ts';

suite('renders', () => {
  test('Render writes the frames and shows the result in a message', async () => {
    await open('tiny.travel');
    await filesOf(await render());
    await seeNotification('/tiny: 2 frames, seed 1, in/');
    await screenshot('render');
    await clearNotifications();
  });

  test('Render on a second file waits for the first one, and both are rendered', async () => {
    await openWith('long.travel', { steps: 40 });
    const first = render();
    await seeNotification('Rendering long');
    await see('.statusbar-item >> text=/long \\d+\\/40/');
    let second: ReturnType<typeof render>;
    {
      using _held = holdEngine();
      await open('tiny.travel');
      second = render();
      await see('.statusbar-item >> text=tiny: 2nd in the queue');
      await screenshot('render-queue');
    }
    for (const result of await Promise.all([first, second])) await filesOf(result);
    await clearNotifications();
  });

  test('Render on a file that is being rendered asks; Cancel in the notification ends it', async () => {
    await open('long.travel');
    const first = render();
    await see('.statusbar-item >> text=/long \\d+\\/60/');
    {
      using _held = holdEngine();
      const again = render();
      await seeNotification('/long.travel is already being rendered/');
      await screenshot('render-again');
      await click('.notifications-center >> text=Wait');
      assert.equal(await again, undefined);
      await click('.notifications-center >> .monaco-button >> text=/^Cancel$/');
    }
    const result = await first;
    assert.ok(result?.ok === false && result.kind === 'cancelled', JSON.stringify(result));
    await clearNotifications();
  });

  test('Show Renders lists them, and tries one again', async () => {
    await openWith('long.travel', { steps: 40, seed: 77 });
    const first = render();
    await see('.statusbar-item >> text=/long \\d+\\/40/');
    await commands.executeCommand('travel.cancel');
    await first;
    // Not awaited: it ends when the user has chosen.
    const done = commands.executeCommand('travel.showRenders');
    await see('.quick-input-widget >> text=canceled, seed 77');
    await screenshot('show-renders');
    await click('.quick-input-widget >> text=canceled, seed 77');
    await see('.quick-input-widget >> text=Try Again');
    await screenshot('show-renders-actions');
    await press('Enter');
    await done;
    await see('.statusbar-item >> text=/long \\d+\\/40/');
    await seeNotification('/long: 4 frames, seed 77, in/');
    await clearNotifications();
  });
});
