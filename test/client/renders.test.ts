import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { TravelPlan } from '../../plan/plan.ts';
import type { RenderResult } from '../../protocol/engine.ts';
import type { PlanAnswer, PlanRequest } from '../../protocol/plan-request.ts';
import { CANCELLED, type RenderEvent, type Renderer } from '../../rendering/renderer.ts';
import { planOf } from '../rendering/plans.ts';
import { documentAt, type FakeDocument, fake, TabInputText, Uri, window, workspace } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));
const { render } = await import('../../client/render/render-command.ts');
const { Renders } = await import('../../client/render/renders.ts');

const timings = { total: 31, load: 0, encode: 0, sample: 0, decode: 0, write: 0, runtime: 0 };
const DONE: RenderResult = { ok: true, files: ['/clips/renders/fox.webp'], timings, device: 'cpu' };

/** A renderer whose renders end when the test says so. */
function testRenderer() {
  const submitted: { plan: TravelPlan; end: (result: RenderResult) => void; emit: (event: RenderEvent) => void }[] = [];
  const renderer: Renderer = {
    device: 'this computer',
    submit(plan, emit) {
      let end: (result: RenderResult) => void = () => undefined;
      const result = new Promise<RenderResult>((resolve) => {
        end = resolve;
      });
      submitted.push({ plan, end, emit });
      return { result, cancel: () => end(CANCELLED) };
    },
  };
  return { renderer, submitted };
}

const EXTENSION = { extensionUri: Uri.file('/extension'), globalStorageUri: Uri.file('/storage') };

const log: string[] = [];
const plan: TravelPlan = { ...planOf(), name: 'fox' };

/** @param answer what the language server answers */
function setUp(answer: (request: PlanRequest) => unknown = ({ version }) => ({ kind: 'plan', version, plan })) {
  const { renderer, submitted } = testRenderer();
  const requests: PlanRequest[] = [];
  const client = {
    code2ProtocolConverter: { asUri: (uri: { toString(): string }) => uri.toString() },
    async sendRequest(_method: string, request: PlanRequest) {
      requests.push(request);
      return answer(request);
    },
  };
  const renders = new Renders(renderer, { info: (line: string) => log.push(line) } as never);
  return {
    submitted,
    requests,
    renders,
    render: (target?: unknown) => render(client as never, renders, EXTENSION as never, target as never),
  };
}

function edit(document: FakeDocument): FakeDocument {
  fake.documents.push(document);
  window.activeTextEditor = { document };
  return document;
}

beforeEach(() => {
  fake.reset();
  log.length = 0;
});

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('Render', () => {
  it('renders exactly the plan that the language server gives, of the version that is shown', async () => {
    const { submitted, requests, render } = setUp();
    edit(documentAt('/clips/fox.travel', { version: 7 }));
    const rendered = render();
    await settled();
    expect(requests).toEqual([{ uri: 'file:///clips/fox.travel', version: 7 }]);
    expect(submitted.map((job) => job.plan)).toEqual([plan]);
    submitted[0]!.end(DONE);
    expect(await rendered).toEqual(DONE);
  });

  it('shows progress and result in a terminal', async () => {
    const { submitted, render } = setUp();
    edit(documentAt('/clips/fox.travel'));
    const rendered = render();
    await settled();
    submitted[0]!.emit({ kind: 'progress', progress: { stage: 'sample', done: 1, total: 3, step: 2, window: 1 } });
    submitted[0]!.emit({ kind: 'log', level: 'info', line: 'Device: cpu' });
    submitted[0]!.end(DONE);
    await rendered;
    const [terminal] = fake.terminals;
    expect(terminal?.name).toBe('Render fox');
    expect(terminal?.output).toContain('sampling, step 2/3');
    expect(terminal?.output).toContain('fox: 1 frame, seed 1, in 0:31 on cpu\r\n/clips/renders/fox.webp\r\n');
    expect(terminal?.output).toContain('Press any key');
    expect(log).toEqual(['Device: cpu']);
  });

  it('shows a failure, control characters removed', async () => {
    const { submitted, render } = setUp();
    edit(documentAt('/clips/fox.travel'));
    const rendered = render();
    await settled();
    submitted[0]!.end({ ok: false, kind: 'bad-model', message: 'The model \u001b]0;x\u0007 is damaged.\nlast line' });
    await rendered;
    expect(fake.terminals[0]?.output).toContain('fox: The model \ufffd]0;x\ufffd is damaged.\r\nlast line\r\n');
  });

  it('queues a second file, and renders both in order', async () => {
    const { submitted, render } = setUp();
    edit(documentAt('/clips/a.travel'));
    const first = render();
    await settled();
    edit(documentAt('/clips/b.travel'));
    const second = render();
    await settled();
    expect(submitted).toHaveLength(1);
    expect(fake.terminals[1]?.output).toContain('Waiting for another render to finish.');
    submitted[0]!.end(DONE);
    await first;
    submitted[1]!.end(DONE);
    expect(await second).toEqual(DONE);
    expect(fake.messages).toEqual([]);
  });

  it('asks before it renders a file that is being rendered', async () => {
    const { submitted, render } = setUp();
    edit(documentAt('/clips/fox.travel'));
    const first = render();
    await settled();
    expect(await render()).toBeUndefined();
    expect(fake.messages).toEqual([{ kind: 'information', text: 'fox.travel is already being rendered.' }]);
    fake.answers.push('Show');
    expect(await render()).toBeUndefined();
    expect(fake.terminals[0]?.shown).toBe(2);
    fake.answers.push('Render Again');
    const again = render();
    await settled();
    submitted[0]!.end(DONE);
    await first;
    submitted[1]!.end(DONE);
    expect(await again).toEqual(DONE);
  });

  it('disposes the terminal of an earlier render of the same file', async () => {
    const { submitted, render } = setUp();
    edit(documentAt('/clips/fox.travel'));
    for (const index of [0, 1]) {
      const rendered = render();
      await settled();
      submitted[index]!.end(DONE);
      await rendered;
    }
    expect(fake.terminals.map(({ disposed }) => disposed)).toEqual([true, false]);
  });

  it('asks again while someone types', async () => {
    const document = documentAt('/clips/fox.travel');
    const { submitted, requests, render } = setUp(({ version }): PlanAnswer => {
      if (version > 2) return { kind: 'plan', version, plan };
      document.version++;
      return { kind: 'outdated' };
    });
    edit(document);
    const rendered = render();
    await settled();
    expect(requests.map(({ version }) => version)).toEqual([1, 2, 3]);
    submitted[0]!.end(DONE);
    expect(await rendered).toEqual(DONE);
  });

  it('gives up when the document is closed meanwhile', async () => {
    const document = documentAt('/clips/fox.travel', { isClosed: true });
    const { submitted, render } = setUp((): PlanAnswer => ({ kind: 'outdated' }));
    edit(document);
    expect(await render()).toBeUndefined();
    expect(submitted).toEqual([]);
  });

  it('reports how many errors prevent a render, and shows them', async () => {
    const { submitted, render } = setUp(({ version }) => ({ kind: 'errors', version, count: 2, first: 'Too late.' }));
    edit(documentAt('/clips/fox.travel'));
    fake.answers.push('Show Problems');
    expect(await render()).toBeUndefined();
    await settled();
    expect(fake.messages).toEqual([
      { kind: 'error', text: 'fox.travel has 2 errors and cannot be rendered. Too late.' },
    ]);
    expect(fake.executed).toEqual(['workbench.actions.view.problems']);
    expect(submitted).toEqual([]);
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
    const { submitted, render } = setUp(answer);
    edit(documentAt('/clips/fox.travel'));
    fake.answers.push('Restart Server');
    expect(await render()).toBeUndefined();
    await settled();
    expect(fake.messages[0]?.text).toMatch(/^fox\.travel cannot be rendered: the language server did not answer/);
    expect(fake.executed).toEqual(['travel.restartServer']);
    expect(submitted).toEqual([]);
  });

  it('saves first, and renders an untitled document where it was saved', async () => {
    const { requests, submitted, render } = setUp();
    const dirty = edit(documentAt('/clips/fox.travel', { isDirty: true }));
    void render();
    await settled();
    expect(dirty.isDirty).toBe(false);
    submitted[0]!.end(DONE);
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

  it('opens and renders a copy of the example if no .travel file is open, and keeps the copy', async () => {
    const { requests, render } = setUp();
    void render();
    await settled();
    const copy = '/storage/examples/portrait.travel';
    expect(window.activeTextEditor?.document.uri.path).toBe(copy);
    expect(requests.map(({ uri }) => uri)).toEqual([`file://${copy}`]);
    expect(fake.files.get(copy)).toBe('copy of /extension/examples/portrait.travel');
    fake.files.set(copy, 'changed by the user');
    window.activeTextEditor = undefined;
    void render();
    await settled();
    expect(fake.files.get(copy)).toBe('changed by the user');
    expect(requests).toHaveLength(1);
    expect(fake.messages).toMatchObject([{ text: 'portrait.travel is already being rendered.' }]);
  });

  it('opens the file that a code lens or a menu names', async () => {
    const { requests, render } = setUp();
    fake.documents.push(documentAt('/clips/b.travel'));
    void render('file:///clips/b.travel');
    await settled();
    expect(requests).toEqual([{ uri: 'file:///clips/b.travel', version: 1 }]);
  });

  it('cancels by Ctrl+C and when the terminal is closed, and closes by any key after the end', async () => {
    const { renders, submitted } = setUp();
    const uri = documentAt('/clips/fox.travel').uri as never;
    const ctrlC = renders.render(uri, plan);
    (fake.terminals[0]!.pty as never as { handleInput(text: string): void }).handleInput('\u0003');
    expect(await ctrlC).toEqual(CANCELLED);
    const pty = fake.terminals[0]!.pty as never as {
      handleInput(text: string): void;
      onDidClose(listener: () => void): void;
    };
    let closed = false;
    pty.onDidClose(() => {
      closed = true;
    });
    pty.handleInput('x');
    expect(closed).toBe(true);
    const close = renders.render(uri, plan);
    (fake.terminals[1]!.pty as never as { close(): void }).close();
    expect(await close).toEqual(CANCELLED);
    expect(submitted).toHaveLength(2);
  });

  it('cancels everything when the window closes', async () => {
    const { renders } = setUp();
    const uri = documentAt('/clips/fox.travel').uri as never;
    const all = [renders.render(uri, plan), renders.render(uri, plan)];
    renders.dispose();
    expect(await Promise.all(all)).toEqual([CANCELLED, CANCELLED]);
  });
});
