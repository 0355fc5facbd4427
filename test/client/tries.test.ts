import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { PlanRequest } from '../../protocol/plan-request.ts';
import { documentAt, type FakeDocument, fake, Range, window, workspace } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));
const { removeOldPreviews } = await import('../../client/render/previews.ts');
const { previewFrame, renderDraft, renderFrames } = await import('../../client/render/tries.ts');
const { DONE, log, plan, settled, setUp: setUpRenders } = await import('./renders.ts');

const NOTE = 'Draft: 384×384 instead of 512×512, 10 of 20 steps, every second frame.';
const SELECTED = { frames: 32, nearest: 8, from: 8, to: 19 };

/** @param selected what the server answers about the selection */
function setUp(note = '', selected: unknown = SELECTED) {
  const methods: string[] = [];
  const all = setUpRenders(({ version }, method) => {
    methods.push(method);
    return method === 'travel/selectedFrames' ? selected : { kind: 'plan', version, plan, isRandom: false, note };
  });
  /** What the server was asked to plan. */
  const planned = () => all.requests.filter((_, i) => methods[i] === 'travel/plan').map(({ what }) => what);
  return { ...all, planned };
}

/** @param lines the selected ones */
function edit(document: FakeDocument, lines: readonly [number, number] = [0, 0]): void {
  fake.documents.push(document);
  window.activeTextEditor = { document, selection: new Range(lines[0], 2, lines[1], 3) };
}

beforeEach(() => {
  fake.reset();
  log.length = 0;
});

describe('Render Draft', () => {
  it('renders a draft, and tells at the end and in the log what it left out', async () => {
    const { service, host, planned } = setUp(NOTE);
    edit(documentAt('/clips/fox.travel', { text: plan.source }));
    const rendered = renderDraft(host, undefined);
    await settled();
    expect(planned()).toEqual([{ kind: 'draft' }]);
    expect(log).toEqual([`fox: ${NOTE}`]);
    service.set(1, { kind: 'done', result: DONE });
    expect(await rendered).toEqual(DONE);
    await settled();
    expect(fake.messages).toEqual([{ kind: 'information', text: `fox: 1 frame, seed 1, in 0:31 on CPU. ${NOTE}` }]);
    expect(fake.executed).toEqual([]);
  });

  it('adds that the file has changed', async () => {
    const { service, host } = setUp(NOTE);
    const document = documentAt('/clips/fox.travel', { text: plan.source });
    edit(document);
    void renderDraft(host, undefined);
    await settled();
    document.text = 'a wolf';
    service.set(1, { kind: 'done', result: DONE });
    await settled();
    expect(fake.messages[0]?.text).toBe(
      `fox: 1 frame, seed 1, in 0:31 on CPU. ${NOTE} The file has changed since this render was started.`,
    );
  });

  it('changes no text', async () => {
    const { host } = setUp(NOTE);
    const document = documentAt('/clips/fox.travel', { text: plan.source });
    edit(document);
    void renderDraft(host, undefined);
    await settled();
    expect([document.text, fake.edits]).toEqual([plan.source, []]);
  });

  it('asks for a file where none is open, instead of rendering the example', async () => {
    const { host, planned } = setUp();
    expect(await renderDraft(host, undefined)).toBeUndefined();
    expect(fake.messages).toEqual([{ kind: 'warning', text: 'Open the .travel file to render and try again.' }]);
    expect(planned()).toEqual([]);
  });

  it('asks before it renders a file that is being rendered', async () => {
    const { service, host } = setUp();
    edit(documentAt('/clips/fox.travel'));
    void renderDraft(host, undefined);
    await settled();
    fake.answers.push('Wait');
    void renderDraft(host, undefined);
    await settled();
    expect(fake.messages[0]?.text).toMatch(/^fox\.travel is already being rendered/);
    expect(service.submitted).toHaveLength(1);
  });
});

describe('Preview This Frame', () => {
  it('renders the frame of a code lens into the cache folder, and opens it beside the text', async () => {
    const { service, host, planned } = setUp('Only the 16 frames around it were sampled. The full render may differ.');
    edit(documentAt('/clips/fox.travel', { text: plan.source }));
    void previewFrame(host, 'file:///clips/fox.travel', 16);
    await settled();
    await vi.waitFor(() => expect(service.submitted).toHaveLength(1));
    expect(planned()).toEqual([{ kind: 'frame', frame: 16, folder: join('/cache', 'previews') }]);
    fake.answers.push('Open');
    service.set(1, { kind: 'done', result: DONE });
    await settled();
    expect(fake.messages.map(({ text }) => text)).toEqual([
      'fox: 1 frame, seed 1, in 0:31 on CPU. Only the 16 frames around it were sampled. The full render may differ.',
    ]);
    expect(fake.executed).toEqual(['vscode.open']);
    expect(fake.executedWith[0]?.[0]).toMatchObject({ path: '/clips/renders/fox.webp' });
    expect(fake.executedWith[0]?.[1]).toMatchObject({ viewColumn: -2, preserveFocus: true });
  });

  it('leaves the frame to a preview that is visible', async () => {
    const { service, host, jobs } = setUp();
    edit(documentAt('/clips/fox.travel', { text: plan.source }));
    await jobs.watch({ longestSide: null });
    void previewFrame(host, 'file:///clips/fox.travel', 16);
    await vi.waitFor(() => expect(service.submitted).toHaveLength(1));
    service.set(1, { kind: 'done', result: DONE });
    await settled();
    expect(fake.messages).toHaveLength(1);
    expect(fake.executed).toEqual([]);
  });

  it('renders the frame at the cursor without one', async () => {
    const { service, host, requests, planned } = setUp();
    edit(documentAt('/clips/fox.travel'), [7, 7]);
    void previewFrame(host, undefined, undefined);
    await vi.waitFor(() => expect(service.submitted).toHaveLength(1));
    expect(requests[0]).toEqual({
      uri: 'file:///clips/fox.travel',
      selection: { start: { line: 7, character: 2 }, end: { line: 7, character: 3 } },
    });
    expect(planned()).toMatchObject([{ kind: 'frame', frame: 8 }]);
  });

  it('shows why a frame cannot be rendered, once', async () => {
    const { host, service } = setUpRenders(({ version }) => ({
      kind: 'refused',
      version,
      reason: 'Frame 40 is outside the clip.',
    }));
    edit(documentAt('/clips/fox.travel'));
    expect(await previewFrame(host, undefined, 40)).toBeUndefined();
    expect(fake.messages).toEqual([
      { kind: 'error', text: 'fox.travel cannot be rendered like this. Frame 40 is outside the clip.' },
    ]);
    expect(service.submitted).toEqual([]);
  });

  it.each([
    [null, 'the file is not open there'],
    [{ frames: 0 }, ''],
  ])('offers to restart a server that answers %j', async (selected, reason) => {
    const { host, service } = setUp('', selected);
    edit(documentAt('/clips/fox.travel'));
    for (const command of [previewFrame, renderFrames]) {
      fake.messages = [];
      expect(await command(host, undefined, undefined)).toBeUndefined();
      expect(fake.messages[0]?.text).toContain(`the language server did not answer (${reason}`);
    }
    expect(service.submitted).toEqual([]);
  });

  it('keeps the last 49 previews, so that there are 50 with the next one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'travel-previews-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    for (let i = 0; i < 60; i++) {
      const path = join(folder, `fox-${i}.png`);
      await writeFile(path, '');
      await utimes(path, 1000 + i, 1000 + i);
    }
    await removeOldPreviews(folder);
    const left = await readdir(folder);
    expect(left).toHaveLength(49);
    expect(left).toContain('fox-59.png');
    expect(left).not.toContain('fox-10.png');
    await removeOldPreviews(join(folder, 'missing'));
    await mkdir(join(folder, 'empty'));
    await removeOldPreviews(join(folder, 'empty'));
  });
});

describe('Render Selected Frames', () => {
  it.each([
    ['4-7', { kind: 'frames', from: 4, to: 7 }],
    ['7', { kind: 'frames', from: 7, to: 7 }],
    ['8–19', { kind: 'frames', from: 8, to: 19 }],
  ])('asks for a range, by default the selected keyframes: %s', async (typed, what) => {
    const { service, host, planned } = setUp();
    edit(documentAt('/clips/fox.travel'), [4, 6]);
    fake.typed.push(typed);
    void renderFrames(host, undefined);
    await settled();
    expect(fake.inputs).toMatchObject([{ value: '8-19', complaint: null }]);
    expect(planned()).toEqual([what]);
    expect(service.submitted).toHaveLength(1);
  });

  it.each([
    ['7-4', /Did you mean 4-7/],
    ['4-32', /after the end of the clip/],
    ['', /first and the last frame/],
    ['all', /first and the last frame/],
  ])('says while someone types what is wrong with “%s”', async (typed, message) => {
    const { service, host } = setUp();
    edit(documentAt('/clips/fox.travel'));
    fake.typed.push(typed);
    expect(await renderFrames(host, undefined)).toBeUndefined();
    expect(fake.inputs).toMatchObject([{ value: '8-19', complaint: expect.stringMatching(message) }]);
    expect(service.submitted).toEqual([]);
  });

  it('does nothing if the user declines, not even save', async () => {
    const { service, host } = setUp();
    const document = documentAt('/clips/fox.travel', { isDirty: true });
    edit(document);
    expect(await renderFrames(host, undefined)).toBeUndefined();
    expect([document.isDirty, service.submitted, fake.messages]).toEqual([true, [], []]);
  });

  it('asks about an untitled file before it is saved, and renders it where it was saved', async () => {
    const { host, requests, planned } = setUp();
    edit(documentAt('untitled:Untitled-1', { isUntitled: true }), [2, 3]);
    fake.saveAs = documentAt('/clips/new.travel');
    fake.typed.push('0-3');
    void renderFrames(host, undefined);
    await settled();
    expect(requests.map(({ uri }: PlanRequest) => uri)).toEqual(['untitled:Untitled-1', 'file:///clips/new.travel']);
    expect(planned()).toEqual([{ kind: 'frames', from: 0, to: 3 }]);
  });

  it('has a selection in an editor that is not active, and the first line without an editor', async () => {
    const { host, requests } = setUp();
    const document = documentAt('/clips/fox.travel');
    fake.documents.push(document);
    window.visibleTextEditors.push({ document, selection: new Range(5, 0, 6, 0) });
    await renderFrames(host, document.uri as never);
    window.visibleTextEditors = [];
    await renderFrames(host, document.uri as never);
    expect(requests).toMatchObject([
      { selection: { start: { line: 5 }, end: { line: 6 } } },
      { selection: { start: { line: 0 }, end: { line: 0 } } },
    ]);
  });
});

it.each([
  ['an untrusted folder', () => (workspace.isTrusted = false), documentAt('/a.travel'), /^Rendering reads and writes/],
  ['another language', () => undefined, documentAt('/a.md', { languageId: 'markdown' }), /^Only \.travel files/],
  ['no disk', () => undefined, documentAt('vscode-vfs://github/a.travel'), /^Rendering needs a file on disk/],
])('none of them asks anything in %s', async (_, prepare, document, message) => {
  const { host, requests } = setUp();
  prepare();
  edit(document);
  for (const command of [renderDraft, renderFrames, previewFrame]) {
    fake.messages = [];
    expect(await command(host, document.uri as never, undefined)).toBeUndefined();
    expect(fake.messages).toMatchObject([{ kind: 'warning', text: expect.stringMatching(message) }]);
  }
  expect([requests, fake.inputs]).toEqual([[], []]);
});
