import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CANCELLED } from '../../rendering/renderer.ts';
import { documentAt, fake } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));
const { endRunning } = await import('../../client/render/running-job.ts');
const { showRenders } = await import('../../client/render/status-item.ts');
const { DONE, edit, log, plan, settled, setUpClip } = await import('./renders.ts');

beforeEach(() => {
  fake.reset();
  log.length = 0;
});

describe('Render', () => {
  it('shows the progress in a notification and in the status bar, and one message at the end', async () => {
    const { service, jobs, render } = setUpClip();
    edit(documentAt('/clips/fox.travel', { text: plan.source }));
    const rendered = render();
    await settled();
    const [item] = fake.statusItems;
    expect(item).toMatchObject({ visible: true, text: '$(sync~spin) fox loading models' });
    service.listener!.onEvent({
      kind: 'progress',
      id: 1,
      progress: { stage: 'sample', done: 1, total: 3, secondsLeft: 9 },
    });
    service.listener!.onEvent({ kind: 'log', id: 1, level: 'info', line: 'Device: cpu' });
    expect(item!.text).toBe('$(sync~spin) fox 2/3 · 0:09');
    expect(fake.progress).toMatchObject([{ title: 'Rendering fox', ended: false }]);
    expect(fake.progress[0]!.messages.at(-1)).toBe('2/3 · 0:09');
    expect(jobs.jobs[0]!.state.kind).toBe('sampling');
    fake.answers.push('Open Preview');
    service.set(1, { kind: 'done', result: DONE });
    await rendered;
    await settled();
    expect(fake.progress[0]!.ended).toBe(true);
    expect(item!.visible).toBe(false);
    expect(fake.messages).toEqual([{ kind: 'information', text: 'fox: 1 frame, seed 1, in 0:31 on CPU' }]);
    expect(fake.executed).toEqual(['travel.openPreview']);
    expect(String(fake.executedWith[0]![0])).toBe('file:///clips/fox.travel');
    expect(log).toEqual(['Device: cpu']);
  });

  it('cancels from the notification', async () => {
    const { service, render } = setUpClip();
    edit(documentAt('/clips/fox.travel'));
    const rendered = render();
    await settled();
    fake.progress[0]!.cancel();
    expect(await rendered).toEqual(CANCELLED);
    expect(service.changes).toEqual([[1, 'cancel']]);
    expect(fake.messages).toEqual([]);
  });

  it('cancels again if the service dies while it is asked, and the next one has the job under another id', async () => {
    const { service, render } = setUpClip();
    edit(documentAt('/clips/fox.travel'));
    void render();
    await settled();
    const change = service.change.bind(service);
    service.change = async () => {
      service.change = change;
      const [job] = service.jobs;
      service.jobs = [
        { ...job!, id: 7, document: 'file:///clips/owl.travel' },
        { ...job!, id: 8 },
      ];
      service.listener!.onLost();
      throw new Error('The render service ended. Try again.');
    };
    fake.progress[0]!.cancel();
    await settled();
    await settled();
    expect(log).toContain('The render "fox" cannot be canceled: The render service ended. Try again.');
    expect(service.changes).toEqual([[8, 'cancel']]);
  });

  it('leaves the progress to a preview that is visible, and only offers the folder at the end', async () => {
    const { service, jobs, render } = setUpClip();
    await jobs.watch({ longestSide: null });
    edit(documentAt('/clips/fox.travel'));
    const rendered = render();
    await settled();
    fake.answers.push('Open Preview', 'Show in Folder');
    service.set(1, { kind: 'done', result: DONE });
    await rendered;
    await settled();
    expect([fake.progress, fake.messages.length, fake.executed]).toEqual([[], 1, ['revealFileInOS']]);
  });

  it('opens the preview of what runs from the status bar, whose tooltip can cancel; else the list', async () => {
    const { service, render } = setUpClip();
    edit(documentAt('/clips/fox.travel'));
    void render();
    await settled();
    const [item] = fake.statusItems;
    expect(item!.command).toMatchObject({ command: 'travel.openPreview', arguments: [{ path: '/clips/fox.travel' }] });
    expect(item!.tooltip).toMatchObject({
      value: expect.stringContaining('[Cancel](command:travel.cancel)'),
      isTrusted: { enabledCommands: ['travel.cancel', 'travel.stopHere', 'travel.showRenders'] },
    });
    service.set(1, { kind: 'paused', progress: null, failure: null });
    expect(item!.command).toBe('travel.showRenders');
  });

  it('lists what waits and runs in the order of the queue, then what has ended, the latest first', async () => {
    const { service, jobs } = setUpClip();
    const job = {
      document: 'file:///other/owl.travel',
      extent: { kind: 'frames', count: 2 },
      steps: 4,
      seed: 3,
      crashes: 0,
      note: '',
      open: 'preview',
    } as const;
    const cancelled = { kind: 'cancelled' } as const;
    service.jobs = [
      { ...job, id: 1, name: 'old', state: cancelled },
      { ...job, id: 2, name: 'first', state: { kind: 'paused', progress: null, failure: null } },
      { ...job, id: 3, name: 'new', state: cancelled },
      { ...job, id: 4, name: 'second', state: { kind: 'queued' } },
    ];
    await showRenders(jobs);
    expect(fake.lists[0]!.map((label) => label.split(' ')[1])).toEqual(['first', 'second', 'new', 'old']);
  });

  it('ends the render that runs: at once, or after its step if it has steps left', async () => {
    const { service, jobs, render } = setUpClip();
    await endRunning(jobs, 'stopHere');
    expect(fake.messages).toEqual([{ kind: 'information', text: 'Nothing is rendering.' }]);
    edit(documentAt('/clips/fox.travel'));
    void render();
    await settled();
    await endRunning(jobs, 'stopHere');
    service.set(1, { kind: 'sampling', progress: null, stopping: 'done' });
    expect(fake.statusItems[0]!.text).toBe('$(sync~spin) fox stopping after this step');
    service.set(1, { kind: 'writing', progress: null, stopping: null });
    await endRunning(jobs, 'stopHere');
    expect(fake.messages[1]!.text).toBe('fox has made all steps, and is being saved.');
    await endRunning(jobs, 'cancel');
    expect(service.changes).toEqual([
      [1, 'stopHere'],
      [1, 'cancel'],
    ]);
  });

  it('queues a second file, and reports its place', async () => {
    const { service, render } = setUpClip();
    edit(documentAt('/clips/a.travel'));
    const first = render();
    await settled();
    edit(documentAt('/clips/b.travel'));
    const second = render();
    await settled();
    expect(fake.messages).toEqual([{ kind: 'status', text: '$(clock) fox: 2nd in the queue' }]);
    service.set(1, { kind: 'done', result: DONE });
    await first;
    service.set(2, { kind: 'done', result: DONE });
    expect(await second).toEqual(DONE);
  });

  it('shows the renders of other windows in the status bar and the list, and announces only its own', async () => {
    const { service, jobs } = setUpClip();
    const job = {
      id: 7,
      document: 'file:///other/owl.travel',
      name: 'owl',
      extent: { kind: 'frames', count: 2 },
      steps: 4,
      seed: 3,
      note: '',
      open: 'preview',
      crashes: 0,
    } as const;
    service.jobs = [{ ...job, state: { kind: 'sampling', progress: null, stopping: null } }];
    await jobs.connect();
    expect(fake.statusItems[0]).toMatchObject({ visible: true, text: '$(sync~spin) owl sampling' });
    expect(fake.progress).toEqual([]);
    fake.picks.push('owl', 'Pause');
    await showRenders(jobs);
    expect(service.changes).toEqual([[7, 'pause']]);
    expect(fake.lists).toEqual([
      ['$(sync~spin) owl'],
      ['$(debug-pause) Pause', '$(debug-stop) Stop Here and Keep This', '$(circle-slash) Cancel'],
    ]);
  });

  it('connects again if the service ends before its jobs, and does not otherwise', async () => {
    const { service, render } = setUpClip();
    edit(documentAt('/clips/fox.travel'));
    const rendered = render();
    await settled();
    service.listener!.onLost();
    expect(await rendered).toBeUndefined();
    await settled();
    expect(service.connections).toBe(2);
    service.set(1, { kind: 'cancelled' });
    service.listener!.onLost();
    await settled();
    expect(service.connections).toBe(2);
  });

  it('sends what the user has set when it connects, and after each change', async () => {
    const { service, jobs } = setUpClip();
    await jobs.configure();
    expect(service.preferences).toEqual([]);
    await jobs.connect();
    expect(service.preferences).toEqual([{ keepAwake: true, whenClosed: 'stop', threads: null }]);
    fake.settings = { 'travel.keepAwake': false, 'travel.whenClosed': 'keepRendering', 'travel.threads': 3 };
    await jobs.configure();
    expect(service.preferences.at(-1)).toEqual({ keepAwake: false, whenClosed: 'keepRendering', threads: 3 });
    fake.settings = { 'travel.keepAwake': 'no', 'travel.whenClosed': 'never', 'travel.threads': 0 };
    await jobs.configure();
    expect(service.preferences.at(-1)).toEqual({ keepAwake: true, whenClosed: 'stop', threads: null });
  });

  it('reports a service that cannot be started', async () => {
    const { service, render } = setUpClip();
    edit(documentAt('/clips/fox.travel'));
    service.error = new Error('The render service did not start.');
    expect(await render()).toBeUndefined();
    expect(fake.messages).toEqual([
      { kind: 'error', text: 'fox.travel cannot be rendered: The render service did not start.' },
    ]);
    service.error = null;
    void render();
    await settled();
    expect(service.submitted).toHaveLength(1);
  });
});
