import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { TARGET_NAMES } from '../../exchange/target.ts';
import { effectiveSettings } from '../../grammar/clip/effective-settings.ts';
import { parseTravel } from '../../grammar/syntax/parse.ts';
import {
  CONVERT_SCHEDULE,
  type ConvertScheduleAnswer,
  EXPORT,
  EXPORT_TARGETS,
  ExportRequest,
  IMPORT,
  ImportRequest,
  NAME_INPUT,
  NameInputRequest,
} from '../../protocol/language-server.ts';
import { importableFile } from '../../rendering/importable-file.ts';
import { exportOf, importOf } from '../../server/features/exchange.ts';
import { nameInputOf } from '../../server/features/name-input.ts';
import { testEnvironment } from '../grammar/environment.ts';
import { analyze } from '../server/hosts.ts';
import {
  type DocumentDropEdit,
  documentAt,
  EndOfLine,
  editProviders,
  events,
  type FakeDocument,
  FileType,
  fake,
  Position,
  Range,
  Uri,
  window,
  workspace,
} from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));
const { importFiles } = await import('../../client/exchange/import-files.ts');
const { exportFile } = await import('../../client/exchange/export-file.ts');
const { readThroughEditor } = await import('../../client/exchange/read-file.ts');
const { registerDrop } = await import('../../client/exchange/drop.ts');
const { registerPaste } = await import('../../client/paste.ts');
const { offerNotesOfFix, registerNotes } = await import('../../client/exchange/notes.ts');
const { sourcesOf } = await import('../../exchange/sources.ts');

/** What a schedule becomes. */
let converted: ConvertScheduleAnswer = { text: null, settings: null };

const textOf = (uri: string) => fake.documents.find((document) => `${document.uri}` === uri)!.text;

/** The server's own answers, without a server. */
const client = {
  code2ProtocolConverter: { asUri: (uri: { toString(): string }) => uri.toString(), asPosition: (at: unknown) => at },
  protocol2CodeConverter: { asPosition: ({ line, character }: Position) => new Position(line, character) },
  needsStart: () => false,
  async sendRequest(method: string, params: unknown) {
    if (method === IMPORT) return importOf(ImportRequest.parse(params));
    if (method === CONVERT_SCHEDULE) return converted;
    if (method === NAME_INPUT) {
      const { uri, position, path, kind } = NameInputRequest.parse(params);
      return nameInputOf(analyze(textOf(uri)), position, path, kind);
    }
    if (method !== EXPORT) throw new Error(method);
    const request = ExportRequest.parse(params);
    const document = parseTravel(textOf(request.uri));
    return exportOf({ document, effective: effectiveSettings(document, testEnvironment(), {}, parseTravel) }, request);
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
  converted = { text: null, settings: null };
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

  describe('of a workflow with several clips', () => {
    const sampler = (seed: number, title: string) => ({
      class_type: 'KSampler',
      inputs: { seed, latent_image: ['5', 0] },
      _meta: { title },
    });
    const output = (node: string) => ({ class_type: 'SaveImage', inputs: { images: [node, 0] } });
    const workflow = JSON.stringify({
      '1': sampler(5, 'Fox'),
      '2': output('1'),
      '3': sampler(6, 'Sea'),
      '4': output('3'),
      '5': { class_type: 'EmptyLatentImage', inputs: { width: 384, height: 256, batch_size: 1 } },
    });
    const files = ['workflow.json', 'schedule.txt'].map((name) => Uri.file(`/clips/${name}`));
    beforeEach(() => fake.files.set('/clips/workflow.json', workflow));

    it('asks which one, and imports it', async () => {
      fake.picks = ['Sea'];
      await importFiles(services, files.slice(0, 1));
      expect(fake.lists).toEqual([['Fox', 'Sea']]);
      expect(fake.items[0]).toMatchObject([
        { description: 'node 1, 1 frame, 384 × 256' },
        { description: 'node 3, 1 frame, 384 × 256' },
      ]);
      expect(fake.shown).toHaveLength(1);
      expect(fake.shown[0]!.text).toContain('\nseed: 6\n');
    });

    it('has no note about the others, which were offered', async () => {
      fake.picks = ['Fox'];
      fake.answers = ['Show Notes'];
      await importFiles(services, files.slice(0, 1));
      await expect.poll(() => fake.shown.length).toBe(2);
      expect(fake.shown[0]!.text).toContain('\nseed: 5\n');
      expect(fake.shown[1]!.text).not.toContain('clips');
    });

    it('goes on to the next file if none is chosen', async () => {
      await importFiles(services, files);
      expect(fake.shown).toHaveLength(1);
      expect(fake.shown[0]!.text).toContain('0: red');
      expect(fake.messages.filter(({ kind }) => kind === 'error')).toEqual([]);
    });
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

describe('a quick fix that cannot carry over everything', () => {
  it('shows it, and adds it as comments only if asked', async () => {
    fake.documents.push(documentAt('/clips/fox.travel', { text: '0: a\n' }));
    offerNotesOfFix('file:///clips/fox.travel', ['Not converted: strength']);
    expect(fake.messages.map(({ text }) => text)).toEqual([
      'Text in fox.travel was imported. Not everything could be carried over (1 note).',
    ]);
    expect(fake.edits).toEqual([]);
    fake.answers = ['Add as Comments'];
    offerNotesOfFix('file:///clips/fox.travel', ['Not converted: strength']);
    await expect.poll(() => fake.edits.length).toBe(1);
    expect(fake.edits[0]!.replaced).toMatchObject([{ text: '# Not converted: strength\n' }]);
  });
});

describe('Export', () => {
  const open = (text: string) => {
    fake.documents = [documentAt('/clips/fox.travel', { text })];
    window.activeTextEditor = { document: fake.documents[0]! };
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

  it('offers further keyframes for easing, and opens the result with them', async () => {
    open('---\nframes: 32\n---\n0: a\n24 ease-in-out: b\n');
    fake.picks = ['A1111 Prompt'];
    fake.answers = ['Write Easing as Keyframes'];
    await exportFile(client);
    await expect.poll(() => fake.shown.length).toBe(4);
    const texts = fake.shown.map(({ text }) => text);
    expect(texts[0]).toBe('0: a\n24: b\n');
    expect(texts[1]).toContain('are linear there');
    expect(texts[2]).toMatch(/^0: a\n\d: a\n\d\d: b\n24: b\n$/);
    expect(texts[3]).toContain('differs by at most');
  });

  it('offers none if there is no easing, or if the format mixes nothing', async () => {
    for (const [text, format] of [
      ['0: a\n8 cut: b\n', 'A1111 Prompt'],
      ['0: a\n8 ease: b\n', 'Deforum'],
    ] as const) {
      open(text);
      fake.picks = [format];
      await exportFile(client);
    }
    expect(fake.messages).toEqual([]);
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
  provideDocumentDropEdits(...args: unknown[]): Promise<DocumentDropEdit[] | undefined>;
  provideDocumentPasteEdits(...args: unknown[]): Promise<DocumentDropEdit[] | undefined>;
}

const provider = (name: string) => editProviders.get(name) as EditProvider;
const titles = (edits: readonly DocumentDropEdit[] | undefined) => edits?.map(({ title }) => title);
/** VS Code applies an edit that replaces a whole document. */
function replaced(document: FakeDocument, edit: DocumentDropEdit): void {
  document.text = edit.additionalEdit!.replaced[0]!.text;
  events.changedText.fire({ document });
}

/** VS Code applies an edit that makes a document. */
async function made(edit: DocumentDropEdit): Promise<FakeDocument> {
  const { uri, text } = edit.additionalEdit!.replaced[0]!;
  const document = documentAt(uri, { text, isUntitled: true, languageId: 'plaintext' });
  fake.documents.push(document);
  const shown = fake.shown.length;
  events.opened.fire(documentAt('/clips/other.travel'));
  events.opened.fire(document);
  await expect.poll(() => fake.shown.length).toBeGreaterThan(shown);
  expect(document.languageId).toBe('travel');
  return document;
}

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

describe('text that is pasted into a document', () => {
  registerPaste(client);
  const paste = (document: FakeDocument, clipboard: string, [start, end] = [new Position(0, 0), new Position(0, 0)]) =>
    provider('paste text/plain').provideDocumentPasteEdits(
      document,
      [new Range(start!, end!)],
      transfer('text/plain', clipboard),
      null,
      token,
    );
  const withText = (text: string): FakeDocument => {
    const document = documentAt('/clips/new.travel', { text });
    fake.documents.push(document);
    return document;
  };
  const CLI = '{"prompt_map": {"0": "a", "8": "b"}, "frobnicate": 1}';
  const DEFORUM = '{"prompts": {"0": "a", "20": "b"}, "animation_mode": "2D", "max_frames": 40}';
  const INFOTEXT = 'fox\nNegative prompt: blurry\nSteps: 9, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 512x512';
  const WORKFLOW = JSON.stringify({
    1: { class_type: 'CLIPTextEncode', inputs: { text: 'a fox', clip: ['2', 1] } },
    2: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'a.safetensors' } },
    3: {
      class_type: 'KSampler',
      inputs: {
        seed: 1,
        steps: 9,
        cfg: 7,
        sampler_name: 'euler',
        scheduler: 'normal',
        denoise: 1,
        model: ['2', 0],
        positive: ['1', 0],
        negative: ['1', 0],
        latent_image: ['4', 0],
      },
    },
    4: { class_type: 'EmptyLatentImage', inputs: { width: 512, height: 512, batch_size: 16 } },
    5: { class_type: 'VAEDecode', inputs: { samples: ['3', 0], vae: ['2', 2] } },
    6: { class_type: 'SaveImage', inputs: { images: ['5', 0] } },
  });
  const FILES = [
    ['a configuration of animatediff-cli', CLI, false],
    ['settings of Deforum', DEFORUM, false],
    ['generation parameters', INFOTEXT, false],
    ['a request', REQUEST, true],
    ['a workflow', WORKFLOW, true],
  ] as const;

  it.each(FILES)('is converted in an empty document, or on request: %s', async (_, text, isOnRequest) => {
    const edits = await paste(withText(''), text);
    expect(titles(edits)).toEqual(['Convert to Travel']);
    expect(edits![0]!.yieldTo.map(({ value }) => value)).toEqual(isOnRequest ? ['text'] : []);
    expect(edits![0]!.additionalEdit!.replaced[0]!.text).toMatch(/^---\n/);
  });

  it.each(FILES)('can be opened as a document of its own if there is text: %s', async (_, text) => {
    const document = withText('0: mine');
    const edits = await paste(document, text);
    expect(titles(edits)).toEqual(['Open as Travel']);
    expect(edits![0]!.yieldTo.map(({ value }) => value)).toEqual(['text']);
    expect((await made(edits![0]!)).uri.toString()).toBe('untitled:Pasted');
    expect(document.text).toBe('0: mine');
  });

  it('replaces a document that is selected', async () => {
    const document = withText('0: mine');
    expect(titles(await paste(document, REQUEST, [new Position(0, 0), new Position(0, 7)]))).toEqual([
      'Convert to Travel',
    ]);
    expect(titles(await paste(document, REQUEST, [new Position(0, 0), new Position(0, 6)]))).toEqual([
      'Open as Travel',
    ]);
  });

  it('shows what could not be carried over afterwards, only if it changes the clip', async () => {
    for (const [text, count] of [
      [CLI, 1],
      [SCHEDULE, 0],
    ] as const) {
      fake.reset();
      const document = withText('');
      const [edit] = (await paste(document, text))!;
      replaced(document, edit!);
      expect(document.text).not.toContain('#');
      expect(fake.messages).toHaveLength(count);
      if (count > 0) {
        expect(fake.messages[0]!.text).toBe(
          'The pasted text was imported. Not everything could be carried over (1 note).',
        );
      }
    }
  });

  it.each([
    ['a prompt', '', 'a fox, 0: red'],
    ['a .travel file', '', '---\nframes: 8\n---\n0: a\n'],
    ['broken JSON', '', '{"prompt": '],
    ['a schedule, which is a part of a document', '0: mine', SCHEDULE],
  ])('stays as it is: %s', async (_, text, clipboard) => {
    expect(await paste(withText(text), clipboard)).toEqual([]);
  });

  it('becomes keyframes and settings', async () => {
    converted = { text: '0: red\n8: blue\n', settings: { position: { line: 1, character: 0 }, text: 'seed: 7\n' } };
    const edits = await paste(withText('---\n---\n'), SCHEDULE);
    expect(titles(edits)).toEqual(['Convert to Travel']);
    expect(edits![0]).toMatchObject({ insertText: '0: red\n8: blue\n', yieldTo: [] });
    expect(edits![0]!.additionalEdit!.replaced).toMatchObject([{ text: 'seed: 7\n' }]);
  });
});
