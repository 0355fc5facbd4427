import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RenderFailure } from '../../protocol/engine.ts';
import type { PlanAnswer, PlanRequest } from '../../protocol/plan-request.ts';
import { CANCELLED } from '../../rendering/renderer.ts';
import { documentAt, type FakeDocument, fake, TabInputText, window, workspace } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));
const { endRunning } = await import('../../client/render/running-job.ts');
const { showRenders } = await import('../../client/render/status-item.ts');
const { renderClip } = await import('../../client/render/tries.ts');
const { DONE, edit, EXTENSION, FAILED, log, plan, settled, setUp: setUpRenders } = await import('./renders.ts');

function setUp(answer?: (request: PlanRequest) => unknown) {
  const { host, ...all } = setUpRenders(answer);
  return { ...all, render: (target?: unknown) => renderClip(host, EXTENSION as never, target as never) };
}

beforeEach(() => {
  fake.reset();
  log.length = 0;
});

describe('Render', () => {
  it('renders exactly the plan that the language server gives, of the version that is shown', async () => {
    const { service, requests, render } = setUp();
    edit(documentAt('/clips/fox.travel', { version: 7 }));
    const rendered = render();
    await settled();
    expect(requests).toEqual([{ uri: 'file:///clips/fox.travel', version: 7, what: { kind: 'clip' } }]);
    expect(service.submitted).toEqual([plan]);
    service.set(1, { kind: 'done', result: DONE });
    expect(await rendered).toEqual(DONE);
  });

  it.each([
    ['utf8bom', `\uFEFF${plan.source}`],
    ['utf8', plan.source],
  ])('renders the source as the file has it, with its byte order mark: %s', async (encoding, source) => {
    const { service, render } = setUp();
    edit(documentAt('/clips/fox.travel', { text: plan.source, encoding }));
    const rendered = render();
    await settled();
    expect(service.submitted.map((each) => each.source)).toEqual([source]);
    service.set(1, { kind: 'done', result: DONE });
    await rendered;
    await settled();
    expect(fake.messages[0]!.text).toMatch(/on CPU$/);
  });

  it('shows the progress in a notification and in the status bar, and one message at the end', async () => {
    const { service, jobs, render } = setUp();
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

  it('reports if the file has changed since the render was started', async () => {
    const { service, render } = setUp();
    const document = edit(documentAt('/clips/fox.travel', { text: plan.source }));
    void render();
    await settled();
    document.text = 'a wolf';
    service.set(1, { kind: 'done', result: DONE });
    await settled();
    expect(fake.messages[0]!.text).toMatch(/on CPU\. The file has changed since this render was started\.$/);
  });

  it('offers to try again after a failure, but only in the list after the second crash', async () => {
    const { service, render } = setUp();
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
    const { service, render } = setUp();
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
      const { service, jobs, render } = setUp();
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
    const { service, render } = setUp();
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
    const { service, jobs, render } = setUp();
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

  it('cancels from the notification', async () => {
    const { service, render } = setUp();
    edit(documentAt('/clips/fox.travel'));
    const rendered = render();
    await settled();
    fake.progress[0]!.cancel();
    expect(await rendered).toEqual(CANCELLED);
    expect(service.changes).toEqual([[1, 'cancel']]);
    expect(fake.messages).toEqual([]);
  });

  it('cancels again if the service dies while it is asked, and the next one has the job under another id', async () => {
    const { service, render } = setUp();
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

  it('announces a render once that was set aside while no window saw it', async () => {
    const { service, jobs } = setUp();
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

  it('leaves the progress to a preview that is visible, and only offers the folder at the end', async () => {
    const { service, jobs, render } = setUp();
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
    const { service, render } = setUp();
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
    const { service, jobs } = setUp();
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
    const { service, jobs, render } = setUp();
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

  it('says that the disk is full, and continues when that is chosen', async () => {
    const { service, render } = setUp();
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

  it('queues a second file, and reports its place', async () => {
    const { service, render } = setUp();
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

  it.each([
    ['Wait', 1, []],
    ['Queue Again', 2, []],
    ['Cancel and Start Again', 2, [[1, 'cancel']]],
  ])('asks before it renders a file that is being rendered: %s', async (answer, count, changes) => {
    const { service, render } = setUp();
    edit(documentAt('/clips/fox.travel'));
    void render();
    await settled();
    service.listener!.onEvent({ kind: 'progress', id: 1, progress: { stage: 'sample', done: 2, total: 3 } });
    fake.answers.push(answer);
    void render();
    await settled();
    const [question] = fake.messages;
    expect(question).toEqual({ kind: 'information', text: 'fox.travel is already being rendered (60 %).' });
    expect(service.submitted).toHaveLength(count);
    expect(service.changes).toEqual(changes);
  });

  it('shows the renders of other windows in the status bar and the list, and announces only its own', async () => {
    const { service, jobs } = setUp();
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
    const { service, render } = setUp();
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
    const { service, jobs } = setUp();
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
    const { service, render } = setUp();
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

  it('asks again while someone types', async () => {
    const document = documentAt('/clips/fox.travel');
    const { service, requests, render } = setUp(({ version }): PlanAnswer => {
      if (version > 2) return { kind: 'plan', version, plan, isRandom: false, note: '' };
      document.version++;
      return { kind: 'outdated' };
    });
    edit(document);
    const rendered = render();
    await settled();
    expect(requests.map(({ version }) => version)).toEqual([1, 2, 3]);
    service.set(1, { kind: 'done', result: DONE });
    expect(await rendered).toEqual(DONE);
  });

  it('gives up when the document is closed meanwhile', async () => {
    const document = documentAt('/clips/fox.travel', { isClosed: true });
    const { service, render } = setUp((): PlanAnswer => ({ kind: 'outdated' }));
    edit(document);
    expect(await render()).toBeUndefined();
    expect(service.submitted).toEqual([]);
  });

  it('reports how many errors prevent a render, and shows them', async () => {
    const { service, render } = setUp(({ version }) => ({ kind: 'errors', version, count: 2, first: 'Too late.' }));
    edit(documentAt('/clips/fox.travel'));
    fake.answers.push('Show Problems');
    expect(await render()).toBeUndefined();
    await settled();
    expect(fake.messages).toEqual([
      { kind: 'error', text: 'fox.travel has 2 errors and cannot be rendered. Too late.' },
    ]);
    expect(fake.executed).toEqual(['workbench.actions.view.problems']);
    expect(service.submitted).toEqual([]);
  });

  const inFolders = (folders: string[]) => ({ models: [{ kind: 'LoRA', name: 'fox' }], folders });
  it.each([
    [1, inFolders(['/models']), 'LoRA “fox” was not found. Searched: /models.'],
    [3, inFolders([]), 'LoRA “fox” was not found. No model folders are set. The file has 2 other errors, too.'],
    [
      1,
      { models: [{ kind: 'motion module', name: null }], folders: [] },
      'no motion module is set. No model folders are set.',
    ],
    [
      5,
      {
        models: ['a', 'b', 'c', 'd', 'e'].map((name) => ({ kind: 'VAE', name })),
        folders: ['/1', '/2', '/3', '/4'],
      },
      'VAE “a” was not found, VAE “b” was not found, VAE “c” was not found, and 2 more. Searched: /1, /2, /3, and 1 more.',
    ],
  ])('says which models are missing, and where they were looked for', async (count, missing, why) => {
    const { service, render } = setUp(({ version }) => ({ kind: 'errors', version, count, first: 'No.', missing }));
    edit(documentAt('/clips/fox.travel'));
    fake.answers.push('Choose Model Folders…');
    expect(await render()).toBeUndefined();
    await settled();
    expect(fake.messages).toEqual([{ kind: 'error', text: `fox.travel cannot be rendered: ${why}` }]);
    expect(fake.executed).toEqual(['travel.chooseModelFolders']);
    fake.answers.push('Show Problems');
    await render();
    await settled();
    expect(fake.executed[1]).toBe('workbench.actions.view.problems');
    expect(service.submitted).toEqual([]);
  });

  it.each([
    ['something else', () => ({ kind: 'maybe' })],
    [
      'an error',
      () => {
        throw new Error('not running');
      },
    ],
  ])('offers to restart a server that answers with %s', async (_, answer) => {
    const { service, render } = setUp(answer);
    edit(documentAt('/clips/fox.travel'));
    fake.answers.push('Restart Server');
    expect(await render()).toBeUndefined();
    await settled();
    expect(fake.messages[0]?.text).toMatch(/^fox\.travel cannot be rendered: the language server did not answer/);
    expect(fake.executed).toEqual(['travel.restartServer']);
    expect(service.submitted).toEqual([]);
  });

  it('saves first, and renders an untitled document where it was saved', async () => {
    const { service, requests, render } = setUp();
    const dirty = edit(documentAt('/clips/fox.travel', { isDirty: true }));
    void render();
    await settled();
    expect(dirty.isDirty).toBe(false);
    service.set(1, { kind: 'done', result: DONE });
    await settled();
    edit(documentAt('untitled:Untitled-1', { isUntitled: true }));
    expect(await render()).toBeUndefined();
    fake.saveAs = documentAt('/clips/new.travel');
    void render();
    await settled();
    expect(requests.map(({ uri }) => uri)).toEqual(['file:///clips/fox.travel', 'file:///clips/new.travel']);
  });

  it.each([
    [
      'an untrusted folder',
      () => (workspace.isTrusted = false),
      documentAt('/a.travel'),
      /^Rendering reads and writes/,
    ],
    ['another language', () => undefined, documentAt('/a.md', { languageId: 'markdown' }), /^Only \.travel files/],
    ['no disk', () => undefined, documentAt('vscode-vfs://github/a.travel'), /^Rendering needs a file on disk/],
  ])('refuses %s', async (_, prepare, document, message) => {
    const { requests, render } = setUp();
    prepare();
    edit(document);
    expect(await render(document.uri)).toBeUndefined();
    expect(fake.messages).toMatchObject([{ kind: 'warning', text: expect.stringMatching(message) }]);
    expect(requests).toEqual([]);
  });

  it('refuses an untitled document that was saved as another language, instead of asking the server forever', async () => {
    const { requests, render } = setUp();
    edit(documentAt('untitled:Untitled-1', { isUntitled: true }));
    fake.saveAs = documentAt('/clips/new.txt', { languageId: 'plaintext' });
    expect(await render()).toBeUndefined();
    expect(fake.messages).toMatchObject([{ kind: 'warning', text: expect.stringMatching(/^Only \.travel files/) }]);
    expect(requests).toEqual([]);
  });

  it.each([
    ['in a visible editor', (document: FakeDocument) => window.visibleTextEditors.push({ document })],
    [
      'in another tab',
      ({ uri }: FakeDocument) => window.tabGroups.all.push({ tabs: [{ input: new TabInputText(uri) }] }),
    ],
  ])('renders the .travel file %s if the active one is another', async (_, show) => {
    const { requests, render } = setUp();
    edit(documentAt('/clips/notes.md', { languageId: 'markdown' }));
    fake.documents.push(documentAt('/clips/closed.travel'));
    const document = documentAt('/clips/fox.travel');
    fake.documents.push(document);
    show(document);
    void render();
    await settled();
    expect(requests.map(({ uri }) => uri)).toEqual(['file:///clips/fox.travel']);
  });

  it('opens a copy of the example beside its preview and renders it if no .travel file is open, and keeps the copy', async () => {
    const { requests, render } = setUp();
    void render();
    await settled();
    const copy = '/storage/examples/hair.travel';
    expect(window.activeTextEditor?.document.uri.path).toBe(copy);
    expect(requests.map(({ uri }) => uri)).toEqual([`file://${copy}`]);
    expect(fake.files.get(copy)).toBe('copy of /extension/examples/hair.travel');
    expect(fake.executed).toEqual(['travel.openPreview']);
    expect(String(fake.executedWith[0]![0])).toBe(`file://${copy}`);
    fake.files.set(copy, 'changed by the user');
    window.activeTextEditor = undefined;
    void render();
    await settled();
    expect(fake.files.get(copy)).toBe('changed by the user');
    expect(requests).toHaveLength(1);
    expect(fake.messages).toMatchObject([{ text: 'hair.travel is already being rendered (0 %).' }]);
  });

  it('opens the file that a code lens or a menu names', async () => {
    const { requests, render } = setUp();
    fake.documents.push(documentAt('/clips/b.travel'));
    void render('file:///clips/b.travel');
    await settled();
    expect(requests).toEqual([{ uri: 'file:///clips/b.travel', version: 1, what: { kind: 'clip' } }]);
  });
});
