import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RenderHost } from '../../../client/preview/document-preview.ts';
import type { Watching } from '../../../protocol/engine.ts';
import { documentAt, env, events, FakeEditor, FakePanel, fake, Uri, window } from '../vscode.ts';
import { activate, add, at, opened, setUp, shownName, TEXT } from './opened-preview.ts';
import { keyAt, log, settled, timelineOf } from './services.ts';

vi.mock('vscode', () => import('../vscode.ts'));

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
