import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import {
  CompletionRequest,
  DefinitionRequest,
  DocumentDiagnosticRequest,
  DocumentLinkRequest,
  HoverRequest,
} from 'vscode-languageserver/node';
import { CLIP_MERGES, LIST_FOLDER, LIST_TEXTS, READ_TEXT } from '../../../protocol/language-server.ts';
import { PLAN } from '../../../protocol/plan-request.ts';
import { BrowserHost } from '../../../server/hosts/browser-host.ts';
import { type Editor, editorInProcess } from '../editor.ts';

const FOLDER = 'vscode-vfs://github/me/videos';
const uri = `${FOLDER}/a%20video.travel`;
const textDocument = { uri };

const FILES: Readonly<Record<string, string>> = {
  [`${FOLDER}/style/base.travel`]: '---\nextends: ../deep.travel\nframes: 16\n---\n',
  [`${FOLDER}/deep.travel`]: '---\nfps: 24\ndefine: {hero: a knight}\n---\n',
  [`${FOLDER}/wildcards/body/hair.txt`]: '# colours\nred\n\n  blue\n',
  [`${FOLDER}/wildcards/void.txt`]: '',
};

let editor: Editor | null = null;
afterEach(() => editor?.connection.dispose());

/** The requests that the client got. */
interface Asked {
  readonly editor: Editor;
  readonly texts: string[];
  readonly folders: string[];
  merges: number;
}

async function opened(text: string, options: unknown = {}, merges = true): Promise<Asked> {
  editor = editorInProcess((connection) => new BrowserHost(connection));
  const asked: Asked = { editor, texts: [], folders: [], merges: 0 };
  editor.connection.onRequest(READ_TEXT, ({ uri }: { uri: string }) => {
    asked.texts.push(uri);
    return { text: FILES[uri] ?? null };
  });
  editor.connection.onRequest(LIST_TEXTS, ({ folder }: { folder: string }) => ({
    uris: Object.keys(FILES).filter((file) => file.startsWith(`${folder}/`) && file.endsWith('.txt')),
  }));
  editor.connection.onRequest(LIST_FOLDER, ({ folder }: { folder: string }) => {
    asked.folders.push(folder);
    const names = Object.keys(FILES).flatMap((file) =>
      file.startsWith(`${folder}/`) ? [file.slice(folder.length + 1)] : [],
    );
    const entries = new Map(names.map((name) => [name.split('/')[0]!, name.includes('/')]));
    return { entries: [...entries, ['.git', true] as const].map(([name, isFolder]) => ({ name, isFolder })) };
  });
  editor.connection.onRequest(CLIP_MERGES, () => {
    asked.merges++;
    const file = resolve(import.meta.dirname, '../../../models/clip/merges.txt.gz');
    return { text: merges ? gunzipSync(readFileSync(file)).toString() : null };
  });
  await editor.initialize(undefined, options);
  await editor.open(uri, text);
  return asked;
}

async function codes({ editor }: Asked): Promise<unknown[]> {
  const report = await editor.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument });
  return report.kind === 'full' ? report.items.map(({ code }) => code) : [];
}

describe('a server in a browser', () => {
  it('reads what a document extends, and what that extends, through the client', async () => {
    const asked = await opened('---\nextends: style/base.travel\n---\n0: $hero\n20: b\n');
    expect(await codes(asked)).toEqual(['travel/key-beyond-end']);
    expect(asked.texts).toEqual([`${FOLDER}/style/base.travel`, `${FOLDER}/deep.travel`]);
    const position = { line: 3, character: 5 };
    const place = await asked.editor.connection.sendRequest(DefinitionRequest.type, { textDocument, position });
    expect(place).toMatchObject({ uri: `${FOLDER}/deep.travel`, range: { start: { line: 2, character: 9 } } });
  });

  it('reports missing files', async () => {
    const asked = await opened('---\nextends: none.travel\n---\na __none__ b __void__\n');
    expect((await codes(asked)).toSorted()).toEqual([
      'travel/empty-wildcard',
      'travel/extends',
      'travel/unknown-wildcard',
    ]);
  });

  it('lists wildcards with their names and files', async () => {
    const asked = await opened('0: __body/hair__ cat __\n');
    const { connection } = asked.editor;
    const hover = await connection.sendRequest(HoverRequest.type, {
      textDocument,
      position: { line: 0, character: 6 },
    });
    expect(JSON.stringify(hover)).toContain('one of 2');
    expect(JSON.stringify(hover)).toContain('red\\nblue');
    const links = await connection.sendRequest(DocumentLinkRequest.type, { textDocument });
    expect(links?.map(({ target }) => target)).toEqual([`${FOLDER}/wildcards/body/hair.txt`]);
    const position = { line: 0, character: 23 };
    const items = await connection.sendRequest(CompletionRequest.type, { textDocument, position });
    const labels = (Array.isArray(items) ? items : (items?.items ?? [])).map(({ label }) => label);
    expect(labels.some((label) => label.includes('body/hair'))).toBe(true);
  });

  it('finds wildcards by patterns, and by names in another case', async () => {
    expect(await codes(await opened('0: __body/*__ and __**__ and __Body/Hair__\n'))).toEqual([]);
    expect(await codes(await opened('0: a __b*__ cat\n'))).toEqual(['travel/unknown-wildcard']);
  });

  it('assumes that models exist, and does not link to them', async () => {
    const asked = await opened('---\ncheckpoint: dreamshaper\nmotion_module: mm\n---\na <lora:detail:1>\n');
    expect(await codes(asked)).toEqual([]);
    expect(await asked.editor.connection.sendRequest(DocumentLinkRequest.type, { textDocument })).toEqual([]);
    const position = { line: 1, character: 14 };
    const hover = await asked.editor.connection.sendRequest(HoverRequest.type, { textDocument, position });
    expect(JSON.stringify(hover)).toContain('assumed to exist');
  });

  it('counts tokens with a vocabulary that it requests once, when it is needed', async () => {
    const asked = await opened('0: a cat\n8: a dog\n');
    await codes(asked);
    expect(asked.merges).toBe(0);
    for (const line of [0, 1, 0]) {
      const position = { line, character: 0 };
      const hover = await asked.editor.connection.sendRequest(HoverRequest.type, { textDocument, position });
      expect(JSON.stringify(hover)).toMatch(/Tokens: 2\b/);
    }
    expect(asked.merges).toBe(1);
  });

  it('hovers without counts if there is no vocabulary', async () => {
    const asked = await opened('0: a cat\n', {}, false);
    const position = { line: 0, character: 0 };
    const hover = await asked.editor.connection.sendRequest(HoverRequest.type, { textDocument, position });
    expect(JSON.stringify(hover)).toContain('a cat');
    expect(JSON.stringify(hover)).not.toContain('Tokens');
  });

  it('has no files to plan a render with', async () => {
    const asked = await opened('0: a\n');
    expect(await asked.editor.connection.sendRequest(PLAN, { uri, version: 1 })).toEqual({ kind: 'no-files' });
  });

  it('completes paths with what is in the workspace', async () => {
    const asked = await opened('---\nextends: style/\nmask: ~/\n---\na\n');
    const labelsAt = async (line: number, character: number) => {
      const position = { line, character };
      const items = await asked.editor.connection.sendRequest(CompletionRequest.type, { textDocument, position });
      return (Array.isArray(items) ? items : (items?.items ?? [])).map(({ label }) => label);
    };
    expect(await labelsAt(1, 'extends: style/'.length)).toEqual(['base.travel']);
    expect(await labelsAt(1, 'extends: '.length)).toEqual(['wildcards/', 'deep.travel']);
    expect(await labelsAt(2, 'mask: ~/'.length)).toEqual([]);
    expect(asked.folders).toEqual([`${FOLDER}/style`, FOLDER]);
  });

  it('reads nothing in a folder that is not trusted', async () => {
    const asked = await opened('---\nextends: none.travel\n---\na __none__ __void__\n', { disk: false });
    expect(await codes(asked)).toEqual([]);
    await asked.editor.connection.sendRequest(DocumentLinkRequest.type, { textDocument });
    const position = { line: 1, character: 'extends: '.length };
    await asked.editor.connection.sendRequest(CompletionRequest.type, { textDocument, position });
    expect([asked.texts, asked.folders]).toEqual([[], []]);
  });
});
