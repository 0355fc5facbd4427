import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { diagnosticsOf } from '../../server/diagnostics.ts';
import { OpenDocuments } from '../../server/documents.ts';
import { NodeHost } from '../../server/node.ts';

let folder = '';
let uri = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'travel server '));
  uri = pathToFileURL(join(folder, 'film ü.travel')).href;
  await mkdir(join(folder, 'wildcards', 'body'), { recursive: true });
  await writeFile(join(folder, 'wildcards', 'body', 'hair.txt'), 'red\nblue\n');
  await writeFile(join(folder, 'base.travel'), '---\nfps: 24\n---\n');
});

afterAll(() => rm(folder, { recursive: true }));

async function codes(host: NodeHost, text: string): Promise<unknown[]> {
  const documents = new OpenDocuments(host);
  documents.open(TextDocument.create(uri, 'travel', 0, text));
  const analysis = await documents.settled(uri, () => false);
  return analysis ? diagnosticsOf(analysis).map(({ code }) => code) : [];
}

describe('a computer with a disk', () => {
  it('knows the built-in model, files beside the document, and wildcards below it', async () => {
    const host = new NodeHost();
    await host.configure({ modelFolders: [], wildcardFolders: ['wildcards'] });
    expect(await codes(host, '---\ncheckpoint: pocket\nextends: base.travel\n---\na __body/hair__ cat\n')).toEqual([]);
    expect(await codes(host, 'a __nothing__ cat\n')).toEqual(['travel/unknown-wildcard']);
    expect(await codes(host, '---\nextends: nothing.travel\n---\na\n')).toEqual(['travel/extends']);
    expect(await host.wildcards(uri)).toEqual([
      { name: 'body/hair', uri: pathToFileURL(join(folder, 'wildcards', 'body', 'hair.txt')).href },
    ]);
  });

  it('reports a model folder that is gone, and uses the others', async () => {
    const host = new NodeHost();
    const gone = join(folder, 'unplugged');
    const reasons = await host.configure({ modelFolders: [gone, folder], wildcardFolders: [] });
    expect(reasons).toEqual([expect.stringContaining('unplugged')]);
    expect(host.watched().map((watched) => watched.folder)).toContain(pathToFileURL(folder).href);
  });

  it('names a damaged model file as unknown, not as a crash', async () => {
    await writeFile(join(folder, 'broken.safetensors'), 'nothing');
    const host = new NodeHost();
    await host.configure({ modelFolders: [folder], wildcardFolders: [] });
    expect(await codes(host, '0: a <lora:broken:1>\n')).toEqual(['travel/unknown-lora']);
  });

  it('counts tokens with the vocabulary that comes with it', async () => {
    expect((await new NodeHost().tokenizer())?.encode('a cat')).toHaveLength(2);
  });

  it('serves documents that were never saved', async () => {
    const documents = new OpenDocuments(new NodeHost());
    documents.open(TextDocument.create('untitled:Untitled-1', 'travel', 0, '0: a\n'));
    expect(await documents.settled('untitled:Untitled-1', () => false)).not.toBeNull();
  });
});
