import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PublishDiagnosticsNotification } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { OpenDocuments } from '../../../server/documents/open-documents.ts';
import { diagnosticsOf } from '../../../server/features/diagnostics.ts';
import { NodeHost } from '../../../server/hosts/node-host.ts';
import { editorInProcess } from '../editor.ts';

const PACKAGE = new URL('../../../', import.meta.url);

let folder = '';
let uri = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'travel server '));
  uri = pathToFileURL(join(folder, 'film ü.travel')).href;
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

  it('is told what its files would say where they may be read', async () => {
    const host = new NodeHost(PACKAGE);
    await host.configure({ modelFolders: [], wildcardFolders: ['wildcards'] });
    const found = await codes(host, text);
    for (const code of ['unknown-wildcard', 'empty-wildcard', 'unknown-lora', 'unknown-model']) {
      expect(found).toContain(`travel/${code}`);
    }
  });

  it('has no file read: not by a name, a path, a setting, or the environment', async () => {
    process.env.TRAVEL_MODELS = folder;
    try {
      const host = new NodeHost(PACKAGE);
      host.closeDisk();
      const reasons = await host.configure({ modelFolders: [folder, '/nowhere'], wildcardFolders: ['wildcards'] });
      expect(reasons).toEqual([]);
      expect(await codes(host, text)).toEqual([]);
      expect(await codes(host, '---\nextends: nothing.travel\n---\na\n')).toEqual([]);
      expect(await host.wildcards(uri)).toEqual([]);
      expect(host.watched()).toEqual([]);
      expect(await host.settle(uri, (disk) => disk.modelNames('vae'))).toEqual([]);
      expect(await host.settle(uri, (disk) => disk.readTravelFile('base.travel', ''))).toMatchObject({ text: '' });
    } finally {
      delete process.env.TRAVEL_MODELS;
    }
  });

  it('is a matter of how the server is started, whether its client asks for problems or is sent them', async () => {
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

describe('a document that lies on no disk', () => {
  it('has its names taken on trust', async () => {
    const host = new NodeHost(PACKAGE);
    const documents = new OpenDocuments(host);
    const virtual = 'vscode-vfs://github/me/films/film.travel';
    documents.open(TextDocument.create(virtual, 'travel', 0, '---\nextends: base.travel\n---\na __body/hair__\n'));
    expect((await documents.settled(virtual, () => false))?.problems).toEqual([]);
    expect(await host.wildcards(virtual)).toEqual([]);
  });
});

describe('a computer with a disk', () => {
  it('knows the built-in model, files beside the document, and wildcards below it', async () => {
    const host = new NodeHost(PACKAGE);
    await host.configure({ modelFolders: [], wildcardFolders: ['wildcards'] });
    expect(await codes(host, '---\ncheckpoint: pocket\nextends: base.travel\n---\na __body/hair__ cat\n')).toEqual([]);
    expect(await codes(host, 'a __nothing__ cat\n')).toEqual(['travel/unknown-wildcard']);
    expect(await codes(host, '---\nextends: nothing.travel\n---\na\n')).toEqual(['travel/extends']);
    expect(await host.wildcards(uri)).toContainEqual({
      name: 'body/hair',
      uri: pathToFileURL(join(folder, 'wildcards', 'body', 'hair.txt')).href,
    });
  });

  it('reports a model folder that is gone, and uses the others', async () => {
    const host = new NodeHost(PACKAGE);
    const gone = join(folder, 'unplugged');
    const reasons = await host.configure({ modelFolders: [gone, folder], wildcardFolders: [] });
    expect(reasons).toEqual([expect.stringContaining('unplugged')]);
    expect(host.watched().map((watched) => watched.folder)).toContain(pathToFileURL(folder).href);
  });

  it('names a damaged model file as unknown, not as a crash', async () => {
    await writeFile(join(folder, 'broken.safetensors'), 'nothing');
    const host = new NodeHost(PACKAGE);
    await host.configure({ modelFolders: [folder], wildcardFolders: [] });
    expect(await codes(host, '0: a <lora:broken:1>\n')).toEqual(['travel/unknown-lora']);
  });

  it('counts tokens with the vocabulary that comes with it', async () => {
    expect((await new NodeHost(PACKAGE).tokenizer())?.encode('a cat')).toHaveLength(2);
  });

  it('serves documents that were never saved', async () => {
    const documents = new OpenDocuments(new NodeHost(PACKAGE));
    documents.open(TextDocument.create('untitled:Untitled-1', 'travel', 0, '0: a\n'));
    expect(await documents.settled('untitled:Untitled-1', () => false)).not.toBeNull();
  });
});
