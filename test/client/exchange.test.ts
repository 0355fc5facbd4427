import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { TARGET_NAMES } from '../../exchange/target.ts';
import { effectiveSettings } from '../../grammar/clip/effective-settings.ts';
import { parseTravel } from '../../grammar/syntax/parse.ts';
import {
  CONVERT_SCHEDULE,
  EXPORT,
  EXPORT_TARGETS,
  ExportRequest,
  IMPORT,
  ImportRequest,
} from '../../protocol/language-server.ts';
import { importableFile } from '../../rendering/importable-file.ts';
import { exportOf, importOf } from '../../server/features/exchange.ts';
import { testEnvironment } from '../grammar/environment.ts';
import { type DocumentDropEdit, documentAt, EndOfLine, editProviders, fake, Position, Uri, window } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));
const { importFiles } = await import('../../client/exchange/import-files.ts');
const { exportFile } = await import('../../client/exchange/export-file.ts');
const { readThroughEditor } = await import('../../client/exchange/read-file.ts');
const { registerDrop } = await import('../../client/exchange/drop.ts');
const { registerPaste } = await import('../../client/paste.ts');
const { registerNotes } = await import('../../client/exchange/notes.ts');
const { sourcesOf } = await import('../../exchange/sources.ts');

/** The server's own answers, without a server. */
const client = {
  code2ProtocolConverter: { asUri: (uri: { toString(): string }) => uri.toString(), asPosition: (at: unknown) => at },
  needsStart: () => false,
  async sendRequest(method: string, params: unknown) {
    if (method === IMPORT) return importOf(ImportRequest.parse(params));
    if (method === CONVERT_SCHEDULE) return { text: null, settings: null };
    if (method !== EXPORT) throw new Error(method);
    const document = parseTravel(window.activeTextEditor!.document.text);
    return exportOf(
      { document, effective: effectiveSettings(document, testEnvironment(), {}, parseTravel) },
      ExportRequest.parse(params).to,
    );
  },
} as never;

const services = { client, read: readThroughEditor };
const REQUEST = JSON.stringify({
  prompt: '0: a\n8: b',
  steps: 9,
  enable_hr: true,
  alwayson_scripts: { AnimateDiff: { args: [{ enable: true, video_length: 16 }] } },
});
const SCHEDULE = '"0": "red",\n"8": "blue"\n';

let notes: { dispose(): void };
beforeAll(() => {
  notes = registerNotes();
});
afterAll(() => notes.dispose());

beforeEach(() => {
  fake.reset();
  fake.files.set('/clips/request.json', REQUEST);
  fake.files.set('/clips/schedule.txt', SCHEDULE);
  fake.files.set('/clips/broken.json', '{"prompt": ');
});

describe('Import', () => {
  it('opens a document for each file that is chosen', async () => {
    fake.openDialog = [Uri.file('/clips/request.json'), Uri.file('/clips/schedule.txt')];
    await importFiles(services);
    expect(fake.shown.map(({ languageId }) => languageId)).toEqual(['travel', 'travel']);
    expect(fake.shown[0]!.text).toContain('\nsteps: 9\n');
    expect(fake.shown[0]!.text).toContain('\n0: a\n8: b\n');
    expect(fake.shown[1]!.text).toContain('\n0: red\n8: blue\n');
  });

  it('does nothing if no file is chosen', async () => {
    await importFiles(services);
    expect([fake.shown, fake.messages]).toEqual([[], []]);
  });

  it('opens what it can, and says why it cannot import the others', async () => {
    await importFiles(
      services,
      ['schedule.txt', 'broken.json', 'missing.json'].map((name) => Uri.file(`/clips/${name}`)),
    );
    expect(fake.shown).toHaveLength(1);
    expect(fake.messages.filter(({ kind }) => kind === 'error').map(({ text }) => text)).toEqual([
      expect.stringMatching(/^broken\.json could not be imported: .+\nmissing\.json could not be imported: .+/),
    ]);
  });

  it('shows what could not be carried over, only if asked', async () => {
    fake.answers = ['Show Notes'];
    await importFiles(services, [Uri.file('/clips/request.json')]);
    await expect.poll(() => fake.shown.length).toBe(2);
    expect(fake.shown[0]!.text).not.toContain('#');
    expect(fake.shown[1]!).toMatchObject({ languageId: 'markdown' });
    expect(fake.shown[1]!.text).toMatch(/^# request\.json\n\n(\* .+\n)*\* Hires fix/);
  });

  it('adds it as comments to the settings', async () => {
    fake.answers = ['Add as Comments'];
    await importFiles(services, [Uri.file('/clips/request.json')]);
    await expect.poll(() => fake.edits.length).toBe(1);
    const [insert] = fake.edits[0]!.replaced;
    expect(insert!.range.start).toMatchObject({ line: 1, character: 0 });
    expect(insert!.text).toMatch(/^(# .+\n)+$/);
  });

  it('reads no images where no program can', async () => {
    fake.files.set('/clips/image.png', '\0');
    await importFiles(services, [Uri.file('/clips/image.png')]);
    expect(fake.messages).toMatchObject([{ kind: 'error', text: expect.stringContaining('on a desktop') }]);
  });

  it('leaves images to the program that reads them, and text files to nobody', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'import-'));
    try {
      const [image, text] = [join(folder, 'image'), join(folder, 'text')];
      writeFileSync(image, Buffer.from([137, 80, 78, 71, 0, 1]));
      writeFileSync(text, SCHEDULE);
      const asked: string[] = [];
      const engine = {
        async texts(path: string) {
          asked.push(path);
          return { ok: true as const, texts: [{ field: 'parameters', text: 'a' }] };
        },
      };
      const read = async (path: string) => (await sourcesOf(await importableFile(path, () => engine))).sources;
      expect(await read(image)).toEqual([{ field: 'parameters', text: 'a' }]);
      expect(await read(text)).toEqual([{ text: SCHEDULE }]);
      expect(asked).toEqual([image]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('Export', () => {
  const open = (text: string) => {
    window.activeTextEditor = { document: documentAt('/clips/fox.travel', { text }) };
  };

  it('offers all formats', async () => {
    open('a\n');
    await exportFile(client);
    expect(EXPORT_TARGETS).toEqual(TARGET_NAMES);
    expect(fake.lists[0]).toHaveLength(TARGET_NAMES.length);
    expect(fake.shown).toEqual([]);
  });

  it('opens the result beside the file, and what is lost beside both', async () => {
    open('---\ncfg_scale: {0: 7, 8: 3}\n---\n0: a\n8 ease: b\n');
    fake.picks = ['A1111 API'];
    await exportFile(client);
    const [result, lost] = fake.shown;
    expect(result).toMatchObject({ languageId: 'json', isUntitled: true });
    expect(JSON.parse(result!.text)).toMatchObject({ prompt: '0: a\n8: b', cfg_scale: 7 });
    expect(lost!.text).toMatch(/^# fox\.travel → A1111 API Request\n\n(\* .+\n){2,}/);
    expect(lost!.text).toContain('cfg_scale');
  });

  it('opens nothing else if nothing is lost', async () => {
    open('0: a\n8: b\n');
    fake.picks = ['A1111 Prompt'];
    await exportFile(client);
    expect(fake.shown.map(({ languageId, text }) => [languageId, text])).toEqual([['plaintext', '0: a\n8: b\n']]);
  });

  it('needs a .travel file', async () => {
    await exportFile(client);
    expect(fake.messages).toMatchObject([{ kind: 'warning' }]);
  });
});

/** What is dropped or pasted. */
const transfer = (type: string, text: string) => ({
  get: (name: string) => (name === type ? { asString: async () => text } : undefined),
});
const token = { isCancellationRequested: false };

interface EditProvider {
  provideDocumentDropEdits(...args: unknown[]): Promise<DocumentDropEdit | undefined>;
  provideDocumentPasteEdits(...args: unknown[]): Promise<DocumentDropEdit[] | undefined>;
}

describe('a file that is dropped on a document', () => {
  registerDrop(async () => services);
  const dropped = (text: string, uris: string) =>
    (editProviders.get('drop text/uri-list') as EditProvider).provideDocumentDropEdits(
      documentAt('/clips/new.travel', { text }),
      new Position(0, 0),
      transfer('text/uri-list', uris),
      token,
    );

  it('is converted if the document is empty', async () => {
    const edit = await dropped('', 'file:///clips/schedule.txt\r\n');
    expect(edit).toMatchObject({ title: 'Convert', insertText: expect.stringContaining('\n0: red\n8: blue\n') });
    expect(edit!.additionalEdit).toBeUndefined();
  });

  it('keeps the line ends of a source', async () => {
    const source = '---\r\nframes: 8\r\n---\r\n0: a\r\n';
    fake.files.set('/clips/windows.travel', source);
    const edit = await dropped('', 'file:///clips/windows.travel');
    expect(edit!.insertText).toBe(source);
    expect([...edit!.additionalEdit!.ends.values()]).toEqual([EndOfLine.CRLF]);
  });

  it('is left to VS Code if there is text, or if it cannot be converted', async () => {
    expect(await dropped('0: mine', 'file:///clips/schedule.txt')).toBeUndefined();
    expect(await dropped('', 'file:///clips/broken.json')).toBeUndefined();
    expect(await dropped('', '# nothing\n')).toBeUndefined();
  });
});

describe('text that is pasted into a document', () => {
  registerPaste(client);
  const pasted = (text: string, clipboard: string) =>
    (editProviders.get('paste text/plain') as EditProvider).provideDocumentPasteEdits(
      documentAt('/clips/new.travel', { text }),
      [{ start: new Position(0, 0) }],
      transfer('text/plain', clipboard),
      null,
      token,
    );

  it('can be converted if it is a whole file of another tool, but stays text by default', async () => {
    const [edit] = (await pasted('', REQUEST))!;
    expect(edit).toMatchObject({ title: 'Convert', yieldTo: [{ value: 'text' }] });
    expect(edit!.insertText).toContain('\nsteps: 9\n');
  });

  it.each([
    ['a prompt', '', 'a fox, 0: red'],
    ['a .travel file', '', '---\nframes: 8\n---\n0: a\n'],
    ['broken JSON', '', '{"prompt": '],
    ['text in a document with text', '0: mine', REQUEST],
  ])('is not converted: %s', async (_, text, clipboard) => {
    expect(await pasted(text, clipboard)).toEqual([]);
  });
});
