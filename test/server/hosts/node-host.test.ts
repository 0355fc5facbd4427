import { copyFile, mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  CodeLensRequest,
  DiagnosticRefreshRequest,
  DidChangeWatchedFilesNotification,
  DocumentDiagnosticRequest,
  FileChangeType,
  PublishDiagnosticsNotification,
  RegistrationRequest,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { cacheFolder } from '../../../library/cache-folder.ts';
import { hintKey, withEmptyHints } from '../../../plan/empty-hints.ts';
import { RENDER_TIMES } from '../../../protocol/cache-layout.ts';
import { PlanAnswer } from '../../../protocol/plan-request.ts';
import { OpenDocuments } from '../../../server/documents/open-documents.ts';
import { diagnosticsOf } from '../../../server/features/diagnostics.ts';
import { documentLinksOf } from '../../../server/features/document-links.ts';
import { planOf } from '../../../server/features/plan.ts';
import { NodeHost } from '../../../server/hosts/node-host.ts';
import { editorInProcess } from '../editor.ts';

const PACKAGE = new URL('../../../', import.meta.url);

let folder = '';
let uri = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'travel server '));
  uri = pathToFileURL(join(folder, 'video ü.travel')).href;
  await mkdir(join(folder, 'wildcards', 'body'), { recursive: true });
  await writeFile(join(folder, 'wildcards', 'body', 'hair.txt'), 'red\nblue\n');
  await writeFile(join(folder, 'wildcards', 'void.txt'), '');
  await writeFile(join(folder, 'here.safetensors'), 'no model');
  await writeFile(join(folder, 'base.travel'), '---\nfps: 24\n---\n');
});

afterAll(() => rm(folder, { recursive: true }));

async function codes(host: NodeHost, text: string): Promise<unknown[]> {
  const documents = new OpenDocuments(host);
  documents.open(TextDocument.create(uri, 'travel', 0, text));
  const analysis = await documents.settled(uri, () => false);
  return analysis ? diagnosticsOf(analysis).map(({ code }) => code) : [];
}

describe('a folder that is not trusted', () => {
  // Each of these gives problems once its file is read.
  const text =
    '---\nextends: base.travel\nframes: 16\nvae: ./here.safetensors\n---\na __none__ __void__ <lora:nobody:1>\n';

  it('has these problems if its files are read', async () => {
    const host = new NodeHost(PACKAGE);
    await host.configure({ modelFolders: [], wildcardFolders: ['wildcards'] });
    const found = await codes(host, text);
    for (const code of ['unknown-wildcard', 'empty-wildcard', 'unknown-lora', 'unusable-model']) {
      expect(found).toContain(`travel/${code}`);
    }
  });

  it('has no files read by a name, a path, a setting, or the environment', async () => {
    process.env.TRAVEL_MODELS = folder;
    try {
      const host = new NodeHost(PACKAGE);
      host.closeDisk();
      const reasons = await host.configure({ modelFolders: [folder, '/nowhere'], wildcardFolders: ['wildcards'] });
      expect(reasons).toEqual([]);
      expect(await codes(host, text)).toEqual([]);
      expect(await codes(host, '---\nextends: nothing.travel\n---\na\n')).toEqual([]);
      expect(await host.wildcards(uri)).toEqual([]);
      expect(await host.entries(uri, '')).toEqual([]);
      expect(await host.entries(uri, '/')).toEqual([]);
      expect(host.watched()).toEqual([]);
      expect(await host.settle(uri, (disk) => disk.modelNames('vae'))).toEqual([]);
      expect(await host.settle(uri, (disk) => disk.readTravelFile('base.travel', ''))).toMatchObject({ text: '' });
    } finally {
      delete process.env.TRAVEL_MODELS;
    }
  });

  it('is set at the start of the server, for clients that get diagnostics pushed, too', async () => {
    const editor = editorInProcess(new NodeHost(PACKAGE));
    const sent = new Promise<unknown[]>((resolve) => {
      editor.connection.onNotification(PublishDiagnosticsNotification.type, ({ diagnostics }) =>
        resolve(diagnostics.map(({ code }) => code)),
      );
    });
    await editor.initialize({}, { disk: false, wildcardFolders: ['wildcards'] });
    await editor.open(uri, text);
    expect(await sent).toEqual([]);
    editor.connection.dispose();
  });
});

describe('a document in a virtual file system', () => {
  it('has its files assumed to exist', async () => {
    const host = new NodeHost(PACKAGE);
    const documents = new OpenDocuments(host);
    const virtual = 'vscode-vfs://github/me/videos/video.travel';
    documents.open(TextDocument.create(virtual, 'travel', 0, '---\nextends: base.travel\n---\na __body/hair__\n'));
    expect((await documents.settled(virtual, () => false))?.problems).toEqual([]);
    expect(await host.wildcards(virtual)).toEqual([]);
  });
});

describe('a computer with a disk', () => {
  it('finds the built-in model, files next to the document, and wildcards', async () => {
    const host = new NodeHost(PACKAGE);
    await host.configure({ modelFolders: [], wildcardFolders: ['wildcards'] });
    expect(await codes(host, '---\ncheckpoint: pocket\nextends: base.travel\n---\na __body/hair__ cat\n')).toEqual([]);
    expect(await codes(host, 'a __nothing__ cat\n')).toEqual(['travel/unknown-wildcard']);
    expect(await codes(host, 'a __body/*__ and __**__ and __Body/Hair__ cat\n')).toEqual([]);
    expect(await codes(host, '---\nextends: nothing.travel\n---\na\n')).toEqual(['travel/extends']);
    expect(await host.wildcards(uri)).toContainEqual({
      name: 'body/hair',
      uri: pathToFileURL(join(folder, 'wildcards', 'body', 'hair.txt')).href,
    });
  });

  it('lists what is beside a document, in its folders and in those above', async () => {
    const host = new NodeHost(PACKAGE);
    const names = async (path: string, of = uri) =>
      (await host.entries(of, path)).map(({ name, isFolder }) => (isFolder ? `${name}/` : name)).sort();
    expect(await names('')).toEqual(['base.travel', 'here.safetensors', 'wildcards/']);
    expect(await names('wildcards/')).toEqual(['body/', 'void.txt']);
    expect(await names('wildcards/../')).toEqual(await names(''));
    expect(await names(`${folder}/`)).toEqual(await names(''));
    expect(await names('nowhere/')).toEqual([]);
    expect(await names('base.travel/')).toEqual([]);
    expect(await names('a\0b/')).toEqual([]);
    expect(await names('', 'untitled:Untitled-1')).toEqual([]);
    expect(await names('', 'vscode-vfs://github/me/a.travel')).toEqual([]);
  });

  it('reports a missing model folder, and uses the others', async () => {
    const host = new NodeHost(PACKAGE);
    const gone = join(folder, 'unplugged');
    const reasons = await host.configure({ modelFolders: [gone, folder], wildcardFolders: [] });
    expect(reasons).toEqual([expect.stringContaining('unplugged')]);
    expect(host.watched().map((watched) => watched.folder)).toContain(pathToFileURL(folder).href);
  });

  it('watches every kind of image and video that a document can name, but not TypeScript', async () => {
    const host = new NodeHost(PACKAGE);
    await host.configure({ modelFolders: [], wildcardFolders: [] });
    const globs = host.watched().filter((watched) => watched.folder === null);
    const endings = globs.flatMap(({ glob }) => /\{(.*)\}$/.exec(glob)![1]!.split(','));
    const named = ['travel', 'txt', 'png', 'jpeg', 'tif', 'gif', 'apng', 'bmp', 'avif', 'mp4', 'avi', 'wmv', 'm2ts'];
    expect(endings).toEqual(expect.arrayContaining(named));
    expect(endings).not.toContain('ts');
    expect(new Set(endings).size).toBe(endings.length);
  });

  it('reports black hints of a unit as soon as their file in the cache folder is changed', async () => {
    vi.stubEnv('TRAVEL_CACHE_FOLDER', join(folder, 'own cache'));
    onTestFinished(() => void vi.unstubAllEnvs());
    const cache = cacheFolder();
    const host = new NodeHost(PACKAGE);
    await host.configure({ modelFolders: [], wildcardFolders: [] });
    expect(host.watched()).toContainEqual({ folder: pathToFileURL(cache).href, glob: 'empty-hints.json' });
    const image = join(folder, 'nobody.png');
    await writeFile(image, 'of any content');
    const text =
      '---\nframes: 1\nwidth: 256\nheight: 256\ncontrolnet: [{model: pose, image: nobody.png}]\n---\na dancer\n';
    expect(await codes(host, text)).not.toContain('travel/empty-hints');
    const { size, mtimeMs } = await stat(image);
    const key = hintKey(
      { name: 'pose', preprocessor: 'none', resize: 'crop' },
      { file: { path: image, size, mtimeMs } },
      { width: 256, height: 256 },
    );
    await mkdir(cache, { recursive: true });
    await writeFile(join(cache, 'empty-hints.json'), withEmptyHints('', [key])!);
    expect(await codes(host, text)).toContain('travel/empty-hints');
  });

  it('reports a damaged model file', async () => {
    await writeFile(join(folder, 'broken.safetensors'), 'nothing');
    const host = new NodeHost(PACKAGE);
    await host.configure({ modelFolders: [folder], wildcardFolders: [] });
    expect(await codes(host, '0: a <lora:broken:1>\n')).toEqual(['travel/unusable-model']);
  });

  it('counts tokens with the vocabulary of the package', async () => {
    expect((await new NodeHost(PACKAGE).tokenizer())?.encode('a cat')).toHaveLength(2);
  });

  it('plans with the wildcard folders and the model files of the user', async () => {
    const models = join(folder, 'models');
    await mkdir(join(folder, 'my wildcards'), { recursive: true });
    await mkdir(models, { recursive: true });
    await writeFile(join(folder, 'my wildcards', 'coat.txt'), 'wool\n');
    const checkpoint = join(models, 'mine.safetensors');
    await copyFile(new URL('models/pocket/pocket.safetensors', PACKAGE), checkpoint);
    const host = new NodeHost(PACKAGE);
    await host.configure({ modelFolders: [models], wildcardFolders: ['my wildcards'] });
    const documents = new OpenDocuments(host, () => 5);
    const text = '---\ncheckpoint: mine\nmotion_module: pocket\noutput: out/{name}\n---\n0: a __coat__ coat\n';
    documents.open(TextDocument.create(uri, 'travel', 1, text));
    const plan = async () => {
      const answer = PlanAnswer.parse(
        await planOf(documents, host, { uri, version: 1, what: { kind: 'clip' } }, () => false),
      );
      if (answer.kind !== 'plan') throw new Error(`There is no plan: ${JSON.stringify(answer)}`);
      return answer.plan;
    };
    const first = await plan();
    expect(first.prompts[0]!.text).toBe('a wool coat');
    expect(first.output.base).toBe(join(folder, 'out', 'video ü'));
    const { size, mtimeMs } = await stat(checkpoint);
    expect(first.models.checkpoint).toEqual({ path: checkpoint, size, mtimeMs });
    // No editor reports this change.
    await utimes(checkpoint, 1000, 1000);
    expect((await plan()).models.checkpoint).toEqual({ path: checkpoint, size, mtimeMs: 1_000_000 });
    // What is set on this computer, while the document is open.
    const outputRoot = join(folder, 'renders');
    const settings = { modelFolders: [models], wildcardFolders: ['my wildcards'], device: 'webgpu', outputRoot };
    expect(await host.configure({ ...settings, checkpoint: 'nowhere' })).toEqual([]);
    documents.filesChanged();
    const { device, output, models: used } = await plan();
    expect({ device, base: output.base, checkpoint: used.checkpoint.path }).toEqual({
      device: 'webgpu',
      base: join(outputRoot, 'out', 'video ü'),
      checkpoint,
    });
    expect(await host.configure({ ...settings, device: 'gpu' })).toEqual([expect.stringContaining('travel.device')]);
  });

  it('plans nothing that is not on the disk, or in a folder that is not trusted', async () => {
    const host = new NodeHost(PACKAGE);
    const documents = new OpenDocuments(host);
    const ask = async (uri: string) => {
      documents.open(TextDocument.create(uri, 'travel', 1, '0: a\n'));
      return (await planOf(documents, host, { uri, version: 1, what: { kind: 'clip' } }, () => false)).kind;
    };
    expect(await ask('vscode-vfs://github/me/videos/video.travel')).toBe('no-files');
    expect(await ask('untitled:Untitled-1')).toBe('no-files');
    expect(await ask(uri)).toBe('plan');
    host.closeDisk();
    expect(await ask(uri)).toBe('no-files');
  });

  it('serves a document with an unescaped % in its URI, and those beside it', async () => {
    const editor = editorInProcess(new NodeHost(PACKAGE));
    await editor.initialize();
    const codesOf = async (uri: string) => {
      const textDocument = { uri };
      const report = await editor.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument });
      return report.kind === 'full' ? report.items.map(({ code }) => code) : [];
    };
    const unescaped = new URL('100%.travel', uri).href;
    expect(unescaped).toContain('100%.travel');
    await editor.open(unescaped, '---\nextends: base.travel\n---\n0: a\n20: b\n');
    await editor.open(uri, '0: a\n20: b\n');
    expect(await codesOf(uri)).toEqual(['travel/key-beyond-end']);
    expect(await codesOf(unescaped)).toEqual(['travel/key-beyond-end']);
    editor.connection.dispose();
  });

  it('serves documents that were never saved', async () => {
    const documents = new OpenDocuments(new NodeHost(PACKAGE));
    documents.open(TextDocument.create('untitled:Untitled-1', 'travel', 0, '0: a\n'));
    expect(await documents.settled('untitled:Untitled-1', () => false)).not.toBeNull();
  });
});

describe('a URI that does not name one file on this computer', () => {
  it.each(['file://host/share/a.travel', 'file:////x/a.travel', 'file:///a%2Fb.travel', 'file:///%00.travel', '::'])(
    '%s: no files are read, and nothing fails',
    async (strange) => {
      const host = new NodeHost(PACKAGE);
      await host.configure({ modelFolders: [], wildcardFolders: ['wildcards'] });
      expect(host.hasFiles(strange)).toBe(process.platform === 'win32' && strange.startsWith('file://host'));
      expect(await host.wildcards(strange)).toEqual([]);
      const documents = new OpenDocuments(host);
      documents.open(
        TextDocument.create(strange, 'travel', 0, '---\nvae: ./a.pt\ncheckpoint: pocket\n---\n0: __a__\n'),
      );
      const analysis = await documents.settled(strange, () => false);
      expect(await documentLinksOf(analysis!, host)).toEqual([]);
    },
  );

  it('is not one with a % that is not escaped, or with the name localhost', async () => {
    const host = new NodeHost(PACKAGE);
    await writeFile(join(folder, '100%.travel'), '');
    for (const odd of [`${pathToFileURL(folder).href}/100%.travel`, uri.replace('file://', 'file://localhost')]) {
      expect(host.hasFiles(odd)).toBe(true);
      expect(await host.settle(odd, (disk) => disk.readTravelFile('base.travel', ''))).toMatchObject({
        text: expect.stringContaining('fps: 24'),
      });
    }
  });
});

describe('a model that is not there yet', () => {
  const text = '---\ncheckpoint: awaited\nmotion_module: pocket\n---\n0: a\n';
  const POCKET = new URL('models/pocket/pocket.safetensors', PACKAGE);

  it('is reported until its file is there and complete, without any action', async () => {
    const models = await mkdtemp(join(tmpdir(), 'travel awaited '));
    const editor = editorInProcess(new NodeHost(PACKAGE));
    onTestFinished(async () => {
      await editor.shutdown();
      await rm(models, { recursive: true });
    });
    let refreshed = () => {};
    editor.connection.onRequest(DiagnosticRefreshRequest.type, () => refreshed());
    const folders = new Promise<unknown>((resolve) =>
      editor.connection.onRequest(RegistrationRequest.type, ({ registrations }) =>
        resolve(registrations.map(({ registerOptions }) => registerOptions)),
      ),
    );
    await editor.initialize(
      {
        textDocument: { diagnostic: {} },
        workspace: {
          diagnostics: { refreshSupport: true },
          didChangeWatchedFiles: { dynamicRegistration: true, relativePatternSupport: true },
        },
      },
      { modelFolders: [models] },
    );
    await editor.open(uri, text);
    const found = async () => {
      const report = await editor.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri } });
      return report.kind === 'full' ? report.items.map(({ code }) => code) : [];
    };
    /** What editors send when a watched file changes, and the refresh that follows. */
    const changed = async (name: string, type: FileChangeType) => {
      const answer = new Promise<void>((resolve) => {
        refreshed = resolve;
      });
      const changes = [{ uri: pathToFileURL(join(models, name)).href, type }];
      await editor.connection.sendNotification(DidChangeWatchedFilesNotification.type, { changes });
      await answer;
    };
    expect(JSON.stringify(await folders)).toContain(pathToFileURL(models).href);
    expect(await found()).toEqual(['travel/unknown-model']);
    await writeFile(join(models, 'awaited.safetensors'), (await readFile(POCKET)).subarray(0, 100_000));
    await changed('awaited.safetensors', FileChangeType.Created);
    expect(await found()).toEqual(['travel/unusable-model']);
    await copyFile(POCKET, join(models, 'awaited.safetensors'));
    await changed('awaited.safetensors', FileChangeType.Changed);
    expect(await found()).toEqual([]);
    await rm(join(models, 'awaited.safetensors'));
    await changed('awaited.safetensors', FileChangeType.Deleted);
    expect(await found()).toEqual(['travel/unknown-model']);
  });

  it('is also awaited in the folders of TRAVEL_MODELS', () => {
    vi.stubEnv('TRAVEL_MODELS', folder);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(new NodeHost(PACKAGE).watched().map((watched) => watched.folder)).toContain(pathToFileURL(folder).href);
  });
});

describe('the line above the text', () => {
  const lenses = async () => {
    const editor = editorInProcess(new NodeHost(PACKAGE));
    await editor.initialize(undefined, { commands: ['travel.render'] });
    await editor.open(uri, '0: a\n');
    const answer = await editor.connection.sendRequest(CodeLensRequest.type, { textDocument: { uri } });
    await editor.shutdown();
    return answer?.map(({ command }) => command?.title);
  };

  it('has the memory of a render, and its time if something similar was rendered', async () => {
    const cache = join(folder, 'cache');
    for (const name of ['XDG_CACHE_HOME', 'LOCALAPPDATA', 'HOME']) vi.stubEnv(name, cache);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await lenses()).toEqual([expect.stringMatching(/^Render · about 0\.\d GB$/)]);
    const times = join(cacheFolder(), RENDER_TIMES);
    await mkdir(dirname(times), { recursive: true });
    const cost = { device: 'auto', checkpoint: 1, sampling: 1, decoding: 1 };
    await writeFile(times, JSON.stringify([{ cost, start: 600, sample: 0, decode: 0, ranOn: 'CPU' }]));
    expect(await lenses()).toEqual([expect.stringMatching(/^Render · about 10:00, 0\.\d GB$/)]);
    await writeFile(times, '{');
    expect(await lenses()).toEqual([expect.stringMatching(/^Render · about 0\.\d GB$/)]);
  });
});
