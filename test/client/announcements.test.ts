import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RenderFailure } from '../../protocol/engine.ts';
import { documentAt, fake, window } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));
const { showRenders } = await import('../../client/render/status-item.ts');
const { DONE, edit, FAILED, log, plan, settled, setUpClip } = await import('./renders.ts');

beforeEach(() => {
  fake.reset();
  log.length = 0;
});

describe('Render', () => {
  it('reports if the file has changed since the render was started', async () => {
    const { service, render } = setUpClip();
    const document = edit(documentAt('/clips/fox.travel', { text: plan.source }));
    void render();
    await settled();
    document.text = 'a wolf';
    service.set(1, { kind: 'done', result: DONE });
    await settled();
    expect(fake.messages[0]!.text).toMatch(/on CPU\. The file has changed since this render was started\.$/);
  });

  it('offers to try again after a failure, but only in the list after the second crash', async () => {
    const { service, render } = setUpClip();
    edit(documentAt('/clips/fox.travel'));
    void render();
    await settled();
    fake.answers.push('Try Again');
    service.set(1, { kind: 'failed', failure: FAILED, progress: null }, 1);
    await settled();
    expect(fake.messages).toEqual([{ kind: 'error', text: 'fox: The engine stopped.' }]);
    expect(service.changes).toEqual([[1, 'requeue']]);
    service.set(1, { kind: 'loading', progress: null, stopping: null }, 1);
    fake.answers.push('Try Again');
    service.set(1, { kind: 'failed', failure: FAILED, progress: null }, 2);
    await settled();
    expect(service.changes).toHaveLength(1);
    expect(fake.messages[1]!.text).toMatch(/^fox: .*interrupted twice.*set aside.*The engine stopped\.$/);
    service.set(1, { kind: 'loading', progress: null, stopping: null }, 2);
    fake.answers.splice(0, 1, 'Show Renders');
    service.set(1, { kind: 'failed', failure: FAILED, progress: null }, 3);
    await settled();
    expect(fake.executed).toEqual(['travel.showRenders']);
  });

  it('offers to continue on the CPU if the GPU is lost', async () => {
    const { service, render } = setUpClip();
    edit(documentAt('/clips/fox.travel'));
    void render();
    await settled();
    fake.answers.push('Continue on the CPU');
    service.set(1, { kind: 'failed', failure: { ...FAILED, kind: 'device-lost' }, progress: null });
    await settled();
    expect(service.changes).toEqual([[1, 'continueOnCpu']]);
  });

  it.each([
    ['Finish Saving', { ...FAILED, kind: 'cannot-write' }, 'write'],
    ['Finish Saving', FAILED, 'decode'],
    ['Try Again', { ...FAILED, kind: 'file-changed' }, 'decode'],
    ['Try Again', FAILED, 'sample'],
  ] as const)(
    'offers %s, in the message and in the list, after a failure in another stage',
    async (label, failure, stage) => {
      const { service, jobs, render } = setUpClip();
      edit(documentAt('/clips/fox.travel'));
      void render();
      await settled();
      fake.answers.push(label);
      service.set(1, { kind: 'failed', failure, progress: { stage, done: 0, total: 3 } });
      await settled();
      const kept = label === 'Finish Saving' ? 'All steps are done and kept, but saving failed. ' : '';
      expect(fake.messages).toEqual([{ kind: 'error', text: `fox: ${kept}The engine stopped.` }]);
      expect(service.changes).toEqual([[1, 'requeue']]);
      fake.picks.push('fox', label);
      await showRenders(jobs);
      expect(service.changes).toEqual(Array(2).fill([1, 'requeue']));
    },
  );

  it('leaves the message to another window that asked before, but shows it if the service cannot be asked', async () => {
    const { service, render } = setUpClip();
    edit(documentAt('/clips/fox.travel', { text: plan.source }));
    for (const announcing of [false, new Error('The render service ended.')]) {
      void render();
      await settled();
      service.announcing = announcing;
      service.set(service.jobs.length, { kind: 'done', result: DONE });
      await settled();
      expect(fake.messages).toHaveLength(announcing === false ? 0 : 1);
    }
    expect(service.asked).toEqual([1, 2]);
  });

  it('asks after the focused window, and before those that did not submit it', async () => {
    const { service, jobs, render } = setUpClip();
    const document = edit(documentAt('/elsewhere/fox.travel', { text: plan.source }));
    void render();
    await settled();
    // The window that submitted a render announces it, also if the file was closed.
    fake.documents.splice(fake.documents.indexOf(document), 1);
    service.become([...service.jobs, { ...service.jobs[0]!, id: 2, document: 'file:///clips/owl.travel' }]);
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    window.state.focused = false;
    service.become(service.jobs.map((job) => ({ ...job, state: { kind: 'done', result: DONE } })));
    await settled();
    expect(service.asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(500);
    expect(service.asked).toEqual([1]);
    await vi.advanceTimersByTimeAsync(500);
    expect(service.asked).toEqual([1, 2]);
    expect(jobs.hasSubmitted(1)).toBe(true);
    service.listener!.onLost();
    expect(jobs.hasSubmitted(1)).toBe(false);
  });

  it('announces a render once that was set aside while no window saw it', async () => {
    const { service, jobs } = setUpClip();
    edit(documentAt('/clips/fox.travel'));
    const job = {
      id: 3,
      document: 'file:///clips/fox.travel',
      name: 'fox',
      extent: { kind: 'frames', count: 1 } as const,
      steps: 4,
      seed: 3,
    };
    const failed = { kind: 'failed', failure: FAILED, progress: null } as const;
    const ended = { ...job, note: '', open: 'preview', state: failed } as const;
    service.jobs = [
      { ...ended, crashes: 2 },
      { ...ended, id: 4, crashes: 1 },
      { ...ended, id: 5, document: 'file:///other/owl.travel', crashes: 2 },
    ];
    fake.answers.push('Show Renders');
    await jobs.connect();
    await settled();
    service.become([...service.jobs]);
    await settled();
    expect(service.asked).toEqual([3]);
    expect(fake.messages.map(({ text }) => text)).toEqual([expect.stringMatching(/^fox: .*set aside/)]);
    expect(fake.executed).toEqual(['travel.showRenders']);
  });

  it('says that the disk is full, and continues when that is chosen', async () => {
    const { service, render } = setUpClip();
    edit(documentAt('/clips/fox.travel'));
    void render();
    await settled();
    fake.answers.push('Continue');
    const failure: RenderFailure = { ok: false, kind: 'disk-full', message: 'The disk is full. Free some space.' };
    service.set(1, { kind: 'paused', progress: null, failure });
    await settled();
    expect(fake.messages).toEqual([{ kind: 'warning', text: 'fox is paused. The disk is full. Free some space.' }]);
    expect(fake.statusItems[0]!.text).toBe('$(debug-pause) fox paused: the disk is full');
    expect(service.changes).toEqual([[1, 'requeue']]);
  });
});
