import { beforeEach, describe, expect, it, vi } from 'vitest';
import { commands, FakeEditor, fake, Uri, window } from '../vscode.ts';
import { opened } from './opened-preview.ts';
import { log, settled } from './services.ts';

vi.mock('vscode', () => import('../vscode.ts'));
const { ignoreRenders } = await import('../../../client/preview/ignore-renders.ts');

beforeEach(() => {
  fake.reset();
  log.error.mockClear();
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

  it.each([
    ['undo', 'is done', true, ['text', 'undo', 'page', 'text', 'undo', 'page']],
    ['redo', 'is done', true, ['text', 'redo', 'page', 'text', 'redo', 'page']],
    ['undo', 'is given twice if nothing happens', false, ['text', 'undo', 'text', 'undo', 'page']],
  ] as const)(
    'is to %s in the text, which %s; the keyboard comes back, however often',
    async (command, _, works, all) => {
      const { panel, document } = await opened();
      const done: string[] = [];
      const spies = [
        vi.spyOn(window, 'showTextDocument').mockImplementation(async (document) => {
          done.push('text');
          return new FakeEditor(document);
        }),
        vi.spyOn(commands, 'executeCommand').mockImplementation(async (id) => {
          done.push(id);
          if (works) document.version++;
        }),
        vi.spyOn(panel, 'reveal').mockImplementation(() => void done.push('page')),
      ];
      panel.say({ type: 'command', command });
      if (works) panel.say({ type: 'command', command });
      await settled();
      for (const spy of spies) spy.mockRestore();
      expect(done).toEqual(all);
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
