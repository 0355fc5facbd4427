import { describe, expect, it, vi } from 'vitest';
import { documentAt, EndOfLine, events, type FakeDocument, FileType, fake, Position, workspace } from '../vscode.ts';
import { made, provider, replaced, titles, token, transfer } from './edits.ts';

vi.mock('vscode', () => import('../vscode.ts'));
const { registerDrop } = await import('../../../client/exchange/drop.ts');

const { services, setUp } = await import('./services.ts');

setUp();

describe('files that are dropped on a document', () => {
  registerDrop(async () => services);
  const drop = (document: FakeDocument, ...uris: string[]) =>
    provider('drop text/uri-list').provideDocumentDropEdits(
      document,
      new Position(0, 0),
      transfer('text/uri-list', uris.join('\r\n')),
      token,
    );
  const withText = (text: string): FakeDocument => {
    const document = documentAt('/clips/new.travel', { text });
    fake.documents.push(document);
    return document;
  };

  it.each(['', ' \n'])('are converted if the document is empty: %j', async (text) => {
    const edits = await drop(withText(text), 'file:///clips/schedule.txt', '');
    expect(titles(edits)).toEqual(['Convert to Travel']);
    const [edit] = edits!;
    // A snippet would change tabs.
    expect(edit!.insertText).toBe('');
    expect(edit!.additionalEdit!.replaced).toMatchObject([{ text: expect.stringContaining('\n0: red\n8: blue\n') }]);
  });

  it('show what could not be carried over when the document has become one of them, and not before', async () => {
    const document = withText('');
    const [edit] = (await drop(document, 'file:///clips/request.json'))!;
    expect(edit!.additionalEdit!.replaced[0]!.text).not.toContain('#');
    // What is typed meanwhile cancels the edit.
    document.text = 'typed';
    events.changedText.fire({ document });
    events.changedText.fire({ document: withText(edit!.additionalEdit!.replaced[0]!.text) });
    expect(fake.messages).toEqual([]);
    fake.answers = ['Add as Comments'];
    replaced(document, edit!);
    await expect.poll(() => fake.edits.length).toBe(1);
    expect(fake.messages.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^request\.json was imported\. Not everything could be carried over \(1 note\)\.$/),
    ]);
    expect(fake.edits[0]!.replaced[0]!.text).toMatch(/^(# .+\n)*# Hires fix/);
    // Redo is not another import.
    events.changedText.fire({ document });
    expect(fake.messages).toHaveLength(1);
  });

  it.each(['\n', '\r\n', '\n\t'])('give back a source character by character: %j', async (end) => {
    const source = ['---', 'frames: 8', '---', '0: a', '8: b', ''].join(end.replace('\t', ''));
    const indented = end.endsWith('\t') ? source.replace('8: b', '8: b\n\t  c') : source;
    fake.files.set('/clips/own.travel', indented);
    const [edit] = (await drop(withText(''), 'file:///clips/own.travel'))!;
    expect(edit!.additionalEdit!.replaced[0]!.text).toBe(indented);
    const ends = end === '\r\n' ? EndOfLine.CRLF : EndOfLine.LF;
    expect([...edit!.additionalEdit!.ends.values()]).toEqual([ends]);
  });

  it('become one document each', async () => {
    const document = withText('');
    const files = ['broken.json', 'request.json', 'schedule.txt', 'missing.json'];
    const edits = await drop(document, ...files.map((name) => `file:///clips/${name}`));
    expect(titles(edits)).toEqual(['Convert to Travel']);
    // Nothing opens before the edit is applied.
    expect(fake.shown).toEqual([]);
    replaced(document, edits![0]!);
    expect(document.text).toContain('\nsteps: 9\n');
    await expect.poll(() => fake.messages.length).toBe(2);
    expect(fake.shown.map(({ text }) => text)).toEqual([expect.stringContaining('\n0: red\n8: blue\n')]);
    expect(fake.messages.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^broken\.json could not be imported: .+\nmissing\.json could not be imported: .+/),
      expect.stringContaining('files were imported. Not everything could be carried over.'),
    ]);
  });

  it('can be opened as documents of their own if there is text', async () => {
    const document = withText('0: mine');
    fake.documents.push(documentAt('untitled:request'));
    const edits = await drop(document, 'file:///clips/request.json', 'file:///clips/schedule.txt');
    expect(titles(edits)).toEqual(['Open as Travel']);
    const [edit] = edits!;
    expect(edit!.insertText).toBe('');
    expect(edit!.yieldTo.map(({ value }) => value)).toContain('uri.path.absolute');
    expect([fake.shown, fake.messages]).toEqual([[], []]);
    // The name of the file, unless a document has it.
    const { uri, text } = await made(edit!);
    expect(uri.toString()).toBe('untitled:request-2');
    expect(text).toMatch(/\nsteps: 9\n/);
    await expect.poll(() => fake.messages.length).toBe(1);
    expect(fake.shown.map((each) => /^(?:steps: 9|8: blue)$/m.exec(each.text)?.[0])).toEqual(['steps: 9', '8: blue']);
    expect(fake.messages[0]!.text).toContain('files were imported. Not everything could be carried over.');
    expect(document.text).toBe('0: mine');
  });

  it('become the video of the document if they are one', async () => {
    fake.files.set('/clips/in/dance.mp4', '\0');
    const edits = await drop(withText('0: mine'), 'file:///clips/in/dance.mp4');
    expect(titles(edits)).toEqual(['Use as Video']);
    expect(edits![0]!.additionalEdit!.replaced).toMatchObject([{ text: '---\nvideo: {source: in/dance.mp4}\n---\n' }]);
    expect(titles(await drop(withText(''), 'file:///clips/in/dance.mp4'))).toEqual(['Use as Video']);
  });

  it('are not read beside text if a person would wait for it', async () => {
    const stat = vi.spyOn(workspace.fs, 'stat').mockResolvedValue({ type: FileType.File, size: 300_000_000 });
    const read = vi.spyOn(workspace.fs, 'readFile');
    try {
      const edits = await drop(withText('0: mine'), 'file:///clips/long.mp4', 'file:///clips/request.json');
      expect(titles(edits)).toEqual(['Use as Video']);
      expect(read).not.toHaveBeenCalled();
    } finally {
      stat.mockRestore();
      read.mockRestore();
    }
  });

  it('are left to VS Code if they cannot be converted', async () => {
    fake.files.set('/clips/notes.md', 'a');
    expect(await drop(withText('0: mine'), 'file:///clips/notes.md', 'file:///clips/other.travel')).toEqual([]);
    expect(await drop(withText(''), 'file:///clips/broken.json')).toEqual([]);
    fake.files.set('/clips/photo.png', '\0');
    for (const text of ['', '0: mine']) expect(await drop(withText(text), 'file:///clips/photo.png')).toEqual([]);
    expect(await drop(withText(''), '# nothing')).toBeUndefined();
    expect(fake.messages).toEqual([]);
  });
});
