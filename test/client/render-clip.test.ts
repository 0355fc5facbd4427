import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { PlanAnswer } from '../../protocol/plan-request.ts';
import { documentAt, type FakeDocument, fake, TabInputText, window, workspace } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));
const { DONE, edit, log, plan, settled, setUpClip } = await import('./renders.ts');

beforeEach(() => {
  fake.reset();
  log.length = 0;
});

describe('Render', () => {
  it('renders exactly the plan that the language server gives, of the version that is shown', async () => {
    const { service, requests, render } = setUpClip();
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
    const { service, render } = setUpClip();
    edit(documentAt('/clips/fox.travel', { text: plan.source, encoding }));
    const rendered = render();
    await settled();
    expect(service.submitted.map((each) => each.source)).toEqual([source]);
    service.set(1, { kind: 'done', result: DONE });
    await rendered;
    await settled();
    expect(fake.messages[0]!.text).toMatch(/on CPU$/);
  });

  it.each([
    ['Wait', 1, []],
    ['Queue Again', 2, []],
    ['Cancel and Start Again', 2, [[1, 'cancel']]],
  ])('asks before it renders a file that is being rendered: %s', async (answer, count, changes) => {
    const { service, render } = setUpClip();
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

  it('asks again while someone types', async () => {
    const document = documentAt('/clips/fox.travel');
    const { service, requests, render } = setUpClip(({ version }): PlanAnswer => {
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
    const { service, render } = setUpClip((): PlanAnswer => ({ kind: 'outdated' }));
    edit(document);
    expect(await render()).toBeUndefined();
    expect(service.submitted).toEqual([]);
  });

  it('reports how many errors prevent a render, and shows them', async () => {
    const { service, render } = setUpClip(({ version }) => ({ kind: 'errors', version, count: 2, first: 'Too late.' }));
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
    const { service, render } = setUpClip(({ version }) => ({ kind: 'errors', version, count, first: 'No.', missing }));
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
    const { service, render } = setUpClip(answer);
    edit(documentAt('/clips/fox.travel'));
    fake.answers.push('Restart Server');
    expect(await render()).toBeUndefined();
    await settled();
    expect(fake.messages[0]?.text).toMatch(/^fox\.travel cannot be rendered: the language server did not answer/);
    expect(fake.executed).toEqual(['travel.restartServer']);
    expect(service.submitted).toEqual([]);
  });

  it('saves first, and renders an untitled document where it was saved', async () => {
    const { service, requests, render } = setUpClip();
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
    const { requests, render } = setUpClip();
    prepare();
    edit(document);
    expect(await render(document.uri)).toBeUndefined();
    expect(fake.messages).toMatchObject([{ kind: 'warning', text: expect.stringMatching(message) }]);
    expect(requests).toEqual([]);
  });

  it('refuses an untitled document that was saved as another language, instead of asking the server forever', async () => {
    const { requests, render } = setUpClip();
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
    const { requests, render } = setUpClip();
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
    const { requests, render } = setUpClip();
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
    const { requests, render } = setUpClip();
    fake.documents.push(documentAt('/clips/b.travel'));
    void render('file:///clips/b.travel');
    await settled();
    expect(requests).toEqual([{ uri: 'file:///clips/b.travel', version: 1, what: { kind: 'clip' } }]);
  });
});
