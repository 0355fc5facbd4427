import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RenderHost } from '../../../client/preview/document-preview.ts';
import type { Watching } from '../../../protocol/engine.ts';
import {
  commands,
  documentAt,
  env,
  events,
  type FakeDocument,
  FakeEditor,
  FakePanel,
  fake,
  memento,
  Position,
  Selection,
  Uri,
  window,
} from '../vscode.ts';
import { keyAt, log, servicesOf, settled, TestServer, timelineOf } from './services.ts';

vi.mock('vscode', () => import('../vscode.ts'));
const { ignoreRenders } = await import('../../../client/preview/ignore-renders.ts');
const { Previews } = await import('../../../client/preview/previews.ts');

const TEXT = '0: a\n8: b\n\n16: c\n';

function add(path: string, changes: Partial<FakeDocument> = {}): FakeDocument {
  const document = documentAt(path, { text: TEXT, ...changes });
  fake.documents.push(document);
  return document;
}

function setUp(stored: Record<string, unknown> = {}, renders: RenderHost | null = null) {
  const server = new TestServer();
  const state = memento(stored);
  const previews = new Previews(servicesOf(server, renders), Uri.file('/extension') as never, state as never);
  return { server, state, previews };
}

/** An open preview whose page listens. */
async function opened() {
  const all = setUp();
  const document = add('/clips/fox.travel');
  const editor = new FakeEditor(document);
  window.activeTextEditor = editor;
  window.visibleTextEditors = [editor];
  await all.previews.open();
  const panel = fake.panels[0]!;
  panel.say({ type: 'ready' });
  await settled();
  return { ...all, document, editor, panel };
}

function activate(document: FakeDocument): void {
  window.activeTextEditor = new FakeEditor(document);
  events.active.fire(new FakeEditor(document));
}

const at = (line: number) => new Selection(new Position(line, 0), new Position(line, 0));

const shownName = (panel: FakePanel) => panel.last('state')?.name;

beforeEach(() => {
  fake.reset();
  log.error.mockClear();
});

describe('opening', () => {
  it('shows the active file, and sends its state and timeline when the page is ready', async () => {
    const { panel } = await opened();
    expect(panel.title).toBe('Preview fox');
    expect(panel.posted.map(({ type }) => type)).toEqual(['state', 'timeline']);
    expect(panel.last('state')).toMatchObject({ name: 'fox', locked: false, state: { kind: 'no-engine' } });
    expect(fake.context).toMatchObject({ 'travel.previewVisible': true, 'travel.previewFocus': false });
  });

  it('shows the same panel again, and another file in it', async () => {
    const { previews, panel } = await opened();
    add('/clips/cat.travel');
    await previews.open(Uri.file('/clips/cat.travel') as never);
    expect(fake.panels).toHaveLength(1);
    expect(panel.revealed).toBe(1);
    expect(panel.title).toBe('Preview cat');
  });

  it('says that no file is open', async () => {
    const { previews } = setUp();
    await previews.open();
    fake.panels[0]!.say({ type: 'ready' });
    expect(fake.panels[0]!.last('state')).toMatchObject({ name: null, state: { kind: 'no-file' } });
  });

  it('is over when the panel is closed', async () => {
    const { panel, server, document } = await opened();
    panel.dispose();
    server.asked.length = 0;
    events.changedText.fire({ document });
    await settled();
    expect(server.asked).toEqual([]);
    expect(server.listeners.size).toBe(0);
    expect(fake.context['travel.previewVisible']).toBe(false);
  });
});

describe('the previewed file', () => {
  it('is the active one: another file gets a page of its own', async () => {
    const { panel } = await opened();
    const { html } = panel.webview;
    activate(add('/clips/cat.travel'));
    expect(panel.webview.html).not.toBe(html);
    panel.say({ type: 'ready' });
    await settled();
    expect(shownName(panel)).toBe('cat');
    activate(add('/clips/notes.md', { languageId: 'markdown' }));
    expect(panel.title).toBe('Preview cat');
  });

  it.each(['travel-source:/clips/fox.webp.travel', 'git:/clips/fox.travel'])(
    'is never one that can only be read: %s',
    async (uri) => {
      const { panel, previews } = await opened();
      const readOnly = add(uri);
      activate(readOnly);
      expect(panel.title).toBe('Preview fox');
      previews.toggleLock();
      previews.toggleLock();
      await previews.open(readOnly.uri as never);
      expect(panel.title).toBe('Preview fox');
    },
  );

  it('stays while it is locked', async () => {
    const { panel, previews } = await opened();
    previews.toggleLock();
    expect(panel.last('state')).toMatchObject({ locked: true });
    expect(panel.title).toBe('[Preview] fox');
    activate(add('/clips/cat.travel'));
    expect(panel.title).toBe('[Preview] fox');
    previews.toggleLock();
    expect(panel.title).toBe('Preview cat');
  });

  it('is opened again when its editor closes, and gone when it is deleted', async () => {
    const { panel, document, server } = await opened();
    fake.documents.splice(0, 1, documentAt('/clips/fox.travel', { text: TEXT, version: 7 }));
    const { html } = panel.webview;
    events.closed.fire(document);
    await settled();
    expect(panel.webview.html).toBe(html);
    expect(server.asked.at(-1)).toEqual(['timeline', 7]);
    const [again] = fake.documents.splice(0, 1);
    events.closed.fire(again!);
    await settled();
    panel.say({ type: 'ready' });
    expect(panel.last('state')).toMatchObject({ name: null, state: { kind: 'no-file' } });
  });

  it('is followed to its new name', async () => {
    const { panel, document } = await opened();
    const wolf = add('/clips/wolf.travel');
    events.renamed.fire({ files: [{ oldUri: document.uri, newUri: wolf.uri }] });
    await settled();
    expect(panel.title).toBe('Preview wolf');
  });
});

describe('after a restart', () => {
  const restore = async (stored: unknown) => {
    const { previews } = setUp({ 'travel.preview': stored });
    add('/clips/fox.travel');
    const panel = new FakePanel('travel.preview', '');
    await previews.deserializeWebviewPanel(panel as never);
    panel.say({ type: 'ready' });
    await settled();
    return panel;
  };

  it('the preview has its file and its lock', async () => {
    const panel = await restore({ document: 'file:///clips/fox.travel', locked: true });
    expect(panel.last('state')).toMatchObject({ name: 'fox', locked: true });
    expect(panel.title).toBe('[Preview] fox');
  });

  it.each([
    undefined,
    'x',
    { document: 3 },
    { document: null },
    { locked: 'yes', document: 'file:///clips/fox.travel' },
  ])('a state that is not valid is not used: %j', async (stored) => {
    expect((await restore(stored)).last('state')).toMatchObject({ name: null, locked: false });
  });

  it('a file that is gone is not shown', async () => {
    const panel = await restore({ document: 'file:///clips/gone.travel', locked: false });
    expect(panel.last('state')).toMatchObject({ state: { kind: 'no-file' } });
  });

  it('is prepared by what is stored meanwhile', async () => {
    const { state, previews } = await opened();
    previews.toggleLock();
    expect(state.data['travel.preview']).toEqual({ document: 'file:///clips/fox.travel', locked: true });
  });
});

describe('what is sent', () => {
  it('is the timeline of each version', async () => {
    const { panel, document, server } = await opened();
    document.version = 2;
    server.timelineAnswer = timelineOf({ frames: 48 });
    events.changedText.fire({ document });
    await settled();
    expect(panel.last('timeline')).toMatchObject({ version: 2, timeline: { frames: 48 } });
  });

  it('is nothing while the page is hidden, and everything afterwards', async () => {
    const { panel, document, server } = await opened();
    panel.show(false);
    const before = panel.posted.length;
    server.asked.length = 0;
    document.version = 2;
    events.changedText.fire({ document });
    events.diagnosed.fire({ uris: [document.uri] });
    await settled();
    expect([server.asked, panel.posted.length]).toEqual([[], before]);
    panel.show(true);
    panel.say({ type: 'ready' });
    await settled();
    expect(panel.posted.slice(before).map(({ type }) => type)).toContain('state');
    expect(panel.last('timeline')).toMatchObject({ version: 2 });
  });

  it('is asked for again when files have changed or the server runs again', async () => {
    const { server } = await opened();
    server.asked.length = 0;
    server.change(false);
    await settled();
    expect(server.asked).toEqual([]);
    server.change(true);
    await settled();
    expect(server.asked).toEqual([['timeline', 1]]);
  });

  it('is the frame of the keyframe at the cursor, if it is another one', async () => {
    const { panel, editor, server, document } = await opened();
    server.timelineAnswer = timelineOf({ keys: [keyAt(0, 0), keyAt(3, 16), keyAt(1, 8)] });
    events.changedText.fire({ document });
    await settled();
    const cursors = () => panel.posted.flatMap((message) => (message.type === 'cursor' ? [message] : []));
    expect(cursors()).toEqual([{ type: 'cursor', frame: 0 }]);
    for (const line of [1, 2, 2, 3, 4]) {
      events.selected.fire({ textEditor: editor, selections: [at(line)] });
    }
    expect(cursors().slice(1)).toEqual([
      { type: 'cursor', frame: 8 },
      { type: 'cursor', frame: 16 },
    ]);
  });

  it('is not sent again to a page that was hidden, unless the cursor has moved', async () => {
    const { panel, editor, server, document } = await opened();
    server.timelineAnswer = timelineOf({ keys: [keyAt(0, 0), keyAt(1, 8)] });
    events.changedText.fire({ document });
    await settled();
    const reshow = async () => {
      panel.show(false);
      panel.show(true);
      panel.say({ type: 'ready' });
      await settled();
    };
    await reshow();
    expect(panel.posted.filter(({ type }) => type === 'cursor')).toEqual([{ type: 'cursor', frame: 0 }]);
    editor.selection = at(1);
    await reshow();
    expect(panel.last('cursor')).toEqual({ type: 'cursor', frame: 8 });
  });

  it('is sent to a page that comes back after a restart only when a person moves the cursor', async () => {
    const { previews, server } = setUp({ 'travel.preview': { document: 'file:///clips/fox.travel', locked: false } });
    server.timelineAnswer = timelineOf({ keys: [keyAt(0, 0), keyAt(1, 8)] });
    const editor = new FakeEditor(add('/clips/fox.travel'));
    window.visibleTextEditors = [editor];
    const panel = new FakePanel('travel.preview', '');
    await previews.deserializeWebviewPanel(panel as never);
    panel.say({ type: 'ready' });
    await settled();
    expect(panel.posted.map(({ type }) => type)).toContain('timeline');
    // VS Code restores the cursor.
    events.selected.fire({ textEditor: editor, selections: [at(1)] });
    expect(panel.posted.filter(({ type }) => type === 'cursor')).toEqual([]);
    const mouse = 2;
    for (const line of [0, 1]) events.selected.fire({ textEditor: editor, selections: [at(line)], kind: mouse });
    expect(panel.last('cursor')).toEqual({ type: 'cursor', frame: 8 });
  });
});

describe('what the page asks for', () => {
  it('is answered: a frame, and the windows of a step', async () => {
    const { panel } = await opened();
    panel.say({ type: 'inspect', frame: 3 });
    panel.say({ type: 'stepWindows', step: 2 });
    await settled();
    expect(panel.last('details')).toEqual({ type: 'details', details: null });
    expect(panel.last('stepWindows')).toMatchObject({ step: 2, windows: [{ start: 0, stride: 1, length: 16 }] });
  });

  it('moves the cursor, and scrolls only to what is not visible', async () => {
    const { panel, editor } = await opened();
    panel.say({ type: 'reveal', line: 3 });
    await settled();
    expect(editor.selection.active).toMatchObject({ line: 3, character: 0 });
    expect([editor.revealed?.start.line, editor.revealedHow]).toEqual([3, 2]);
    panel.say({ type: 'reveal', line: 999 });
    await settled();
    expect(editor.selection.active.line).toBe(4);
  });

  it('is an edit, as one step of undo', async () => {
    const { panel, server, editor } = await opened();
    const place = (line: number, character: number) => ({ line, character });
    server.editAnswer = {
      kind: 'edits',
      edits: [
        { range: { start: place(0, 0), end: place(0, 1) }, newText: '2' },
        { range: { start: place(1, 0), end: place(1, 1) }, newText: '9' },
      ],
      cursor: place(1, 3),
    };
    const focused = vi.spyOn(window, 'showTextDocument');
    const edit = { kind: 'insertKey', frame: 2 };
    panel.say({ type: 'edit', version: 1, edit });
    await settled();
    // For its prompt.
    expect(focused).toHaveBeenCalledOnce();
    focused.mockRestore();
    expect(server.asked.at(-1)).toEqual(['keyframeEdit', 1, edit]);
    expect(fake.edits.map(({ replaced }) => replaced.map(({ text }) => text))).toEqual([['2', '9']]);
    expect(editor.selection.active).toMatchObject({ line: 1, character: 3 });
  });

  it('is no edit if the text is another one by now, or if it is refused', async () => {
    const { panel, server, document } = await opened();
    server.editAnswer = { kind: 'edits', edits: [], cursor: null };
    document.version = 2;
    panel.say({ type: 'edit', version: 1, edit: { kind: 'reverse' } });
    server.editAnswer = { kind: 'refused', reason: 'There is only one keyframe.' };
    panel.say({ type: 'edit', version: 2, edit: { kind: 'reverse' } });
    await settled();
    expect(fake.edits).toEqual([]);
    expect(fake.messages).toEqual([{ kind: 'information', text: 'There is only one keyframe.' }]);
  });

  it.each([
    ['render', 'travel.render', true],
    ['draft', 'travel.renderDraft', true],
    ['compareWithHead', 'travel.compareWithHead', true],
    ['chooseModelFolders', 'travel.chooseModelFolders', false],
    ['manageTrust', 'workbench.trust.manage', false],
    ['showLog', 'travel.showLog', false],
    ['showProblems', 'workbench.actions.view.problems', false],
    ['toggleLock', 'travel.togglePreviewLock', false],
  ])('is a command: %s', async (command, id, ofFile) => {
    const { panel, document } = await opened();
    panel.say({ type: 'command', command });
    await settled();
    expect([fake.executed, fake.executedWith]).toEqual([[id], [ofFile ? [document.uri] : []]]);
  });

  it.each(['undo', 'redo'] as const)(
    'is to %s in the text; the keyboard comes back, however often',
    async (command) => {
      const { panel } = await opened();
      const done: string[] = [];
      const spies = [
        vi.spyOn(window, 'showTextDocument').mockImplementation(async (document) => {
          done.push('text');
          return new FakeEditor(document);
        }),
        vi.spyOn(commands, 'executeCommand').mockImplementation(async (id) => void done.push(id)),
        vi.spyOn(panel, 'reveal').mockImplementation(() => void done.push('page')),
      ];
      panel.say({ type: 'command', command });
      panel.say({ type: 'command', command });
      await settled();
      for (const spy of spies) spy.mockRestore();
      expect(done).toEqual(['text', command, 'page', 'text', command, 'page']);
    },
  );

  it('is to save the text', async () => {
    const { panel, document } = await opened();
    document.isDirty = true;
    panel.say({ type: 'command', command: 'save' });
    await settled();
    expect(document.isDirty).toBe(false);
  });

  it('is never a command that it does not know', async () => {
    const { panel } = await opened();
    panel.say({ type: 'command', command: 'workbench.action.quit' });
    await settled();
    expect(fake.executed).toEqual([]);
    expect(log.error).toHaveBeenCalledOnce();
  });

  it('is a frame as a file', async () => {
    const { panel } = await opened();
    const png = new Uint8Array([1, 2]);
    fake.saveDialog = Uri.file('/clips/frame.png');
    panel.say({ type: 'saveFrame', frame: 3, png });
    await settled();
    expect(fake.written.get('/clips/frame.png')).toBe(png);
    fake.answers.push('Save Frame…');
    fake.written.clear();
    panel.say({ type: 'cannotCopyFrame', frame: 3, png });
    await settled();
    expect(fake.messages.some(({ text }) => text.includes('does not allow copying images'))).toBe(true);
    expect(fake.written.size).toBe(1);
    panel.say({ type: 'frameCopied', frame: 3 });
    await settled();
    expect(fake.messages.at(-1)).toEqual({ kind: 'status', text: '$(check) Frame 3 copied' });
  });

  it('reports what fails, once', async () => {
    const { panel, server } = await opened();
    server.keyframeEdit = async () => {
      throw new Error('The server stopped.');
    };
    server.frameDetails = server.keyframeEdit as never;
    panel.say({ type: 'edit', version: 1, edit: { kind: 'reverse' } });
    panel.say({ type: 'inspect', frame: 3 });
    await settled();
    expect(fake.messages).toEqual([{ kind: 'error', text: 'The server stopped.' }]);
    expect(log.error).toHaveBeenCalledTimes(2);
  });
});

describe('ignoring renders', () => {
  const ignore = async (folder: string | null) => {
    await ignoreRenders(Uri.file('/clips/a/fox.travel') as never, folder);
    const bytes = fake.written.get('/clips/.gitignore');
    return bytes && new TextDecoder().decode(bytes);
  };

  it('adds the first folder below the workspace folder', async () => {
    expect(await ignore('/clips/renders/fox')).toBe('/renders/\n');
    fake.files.set('/clips/.gitignore', '*.ckpt');
    expect(await ignore('/clips/renders/fox')).toBe('*.ckpt\n/renders/\n');
  });

  it('changes nothing if it is ignored, elsewhere, or the folder of the file', async () => {
    fake.files.set('/clips/.gitignore', '# mine\nrenders/\n');
    expect(await ignore('/clips/renders/fox')).toBeUndefined();
    for (const folder of ['/elsewhere', '/clips', null]) expect(await ignore(folder)).toBeUndefined();
    expect(fake.messages.filter(({ kind }) => kind === 'warning')).toHaveLength(3);
  });
});

describe('pictures of a running render', () => {
  afterEach(() => {
    env.remoteName = undefined;
  });

  /** What is wanted while a page that shows 300 pixels is opened, hidden, and shown again. */
  async function wanted(): Promise<Watching[]> {
    const watched: Watching[] = [];
    const host = { watch: (watching: Watching) => watched.push(watching) } as unknown as RenderHost;
    const { previews } = setUp({}, host);
    await previews.open();
    const panel = fake.panels[0]!;
    panel.say({ type: 'ready' });
    panel.say({ type: 'shownSize', longestSide: 300 });
    panel.show(false);
    panel.show(true);
    previews.dispose();
    return watched;
  }

  it('are as large as they are on this computer', async () => {
    const full = { longestSide: null };
    expect(await wanted()).toEqual([full, full, null, full, null]);
  });

  it('are as large as they are shown when they come from another computer', async () => {
    env.remoteName = 'ssh-remote';
    const shown = { longestSide: 300 };
    expect(await wanted()).toEqual([{ longestSide: null }, shown, null, shown, null]);
  });
});
