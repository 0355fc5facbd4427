import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { commands } from 'vscode';
import type { JobInfo } from '../../../protocol/renders.ts';
import { fileUri } from './documents.ts';
import { clearNotifications, seeNotification } from './notifications.ts';
import { filesOf, killEngine, namesIn, openWith, render, stepsOf, watchJobs } from './renders.ts';
import { click, press, print, screenshot, see } from './window.ts';

const isSampling = ({ state }: JobInfo) => state.kind === 'sampling';

/** Each stage takes long enough to be seen. */
const ALL_STAGES = { frames: 24, steps: 2, save: '[png, gif, webp]', output: 'renders/stages' };

suite('a render that is ended early', () => {
  for (const stage of ['loading', 'sampling', 'decoding', 'writing'] as const) {
    test(`Cancel while it is ${stage} writes nothing`, async () => {
      await using watched = await watchJobs();
      const { document } = await openWith('tiny.travel', ALL_STAGES);
      const rendering = render();
      await watched.jobOf(document.uri, ({ state }) => state.kind === stage && state.progress !== null);
      const start = performance.now();
      await commands.executeCommand('travel.cancel');
      const result = await rendering;
      await print(`Cancel while ${stage}: ended after ${Math.round(performance.now() - start)} ms`);
      assert.ok(result?.ok === false && result.kind === 'cancelled', JSON.stringify(result));
      assert.deepEqual(await namesIn(fileUri('renders')), []);
      await clearNotifications();
    });
  }

  test('Stop Here and Keep This writes the clip as it is, and says after which step', async () => {
    await using watched = await watchJobs();
    const { document } = await openWith('long.travel', { steps: 40, output: 'renders/stopped' });
    const rendering = render();
    await watched.jobOf(document.uri, (job) => stepsOf(job) >= 2);
    await commands.executeCommand('travel.stopHere');
    const result = await rendering;
    await filesOf(result);
    assert.ok(result?.ok && result.stoppedAfter! >= 2 && result.stoppedAfter! < 40, JSON.stringify(result));
    await seeNotification(`/long: 4 frames, seed 1, .*stopped after step ${result.stoppedAfter} of 40/`);
    await screenshot('stop-here');
    await clearNotifications();
  });

  test('Try Again goes on after the engine was killed; after the second time, only the list offers it', async () => {
    await using watched = await watchJobs();
    const { document } = await openWith('long.travel', { steps: 40, seed: 5 });
    const rendering = render();
    await watched.jobOf(document.uri, (job) => stepsOf(job) >= 10);
    killEngine();
    const result = await rendering;
    assert.ok(result?.ok === false && result.kind === 'engine-stopped', JSON.stringify(result));
    await seeNotification('/long: The engine stopped unexpectedly/');
    await screenshot('engine-killed');
    await click('.notifications-center >> .monaco-button >> text=Try Again');
    const tried = await watched.jobOf(document.uri, (job) => job.crashes === 1 && isSampling(job) && stepsOf(job) > 0);
    assert.ok(stepsOf(tried) >= 9, `It began again at step ${stepsOf(tried)}.`);
    killEngine();
    await watched.jobOf(document.uri, ({ state, crashes }) => state.kind === 'failed' && crashes === 2);
    await seeNotification('/long: It was interrupted twice/');
    await screenshot('engine-killed-twice');
    await click('.notifications-center >> .monaco-button >> text=Show Renders');
    await see('.quick-input-widget >> text=failed, seed 5');
    await click('.quick-input-widget >> text=failed, seed 5');
    await see('.quick-input-widget >> text=Try Again');
    await press('Enter');
    const { state } = await watched.jobOf(document.uri, (job) => job.state.kind === 'done');
    await filesOf(state.kind === 'done' ? state.result : undefined);
    await clearNotifications();
  });
});
