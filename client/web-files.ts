import { type CancellationToken, FileType, Uri, workspace } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import {
  CLIP_MERGES,
  LIST_FOLDER,
  LIST_TEXTS,
  type ListFolderAnswer,
  ListFolderRequest,
  type ListTextsAnswer,
  ListTextsRequest,
  READ_TEXT,
  ReadTextRequest,
  type TextAnswer,
} from '../protocol/language-server.ts';

/** Larger files are not wildcards or `.travel` files. */
const MOST_TEXT_BYTES = 16 * 1024 * 1024;
/** Most files that are listed; a folder with more does not hold wildcards. */
const MOST_FILES = 10_000;

/**
 * Reads files for a language server that runs in a browser, through the workspace's file system.
 *
 * @param extension the extension's folder
 */
export function answerFileRequests(client: BaseLanguageClient, extension: Uri): void {
  client.onRequest(READ_TEXT, async (params: unknown): Promise<TextAnswer> => {
    return { text: await readText(Uri.parse(ReadTextRequest.parse(params).uri)) };
  });
  client.onRequest(CLIP_MERGES, async (): Promise<TextAnswer> => {
    return { text: await readZipped(Uri.joinPath(extension, 'models/clip/merges.txt.gz')) };
  });
  client.onRequest(LIST_TEXTS, async (params: unknown, token: CancellationToken): Promise<ListTextsAnswer> => {
    return { uris: await textsBelow(Uri.parse(ListTextsRequest.parse(params).folder), token) };
  });
  client.onRequest(LIST_FOLDER, async (params: unknown): Promise<ListFolderAnswer> => {
    const entries = await entriesOf(Uri.parse(ListFolderRequest.parse(params).folder));
    return { entries: entries.map(([name, type]) => ({ name, isFolder: (type & FileType.Directory) !== 0 })) };
  });
}

async function readText(uri: Uri): Promise<string | null> {
  try {
    const { type, size } = await workspace.fs.stat(uri);
    if (!(type & FileType.File) || size > MOST_TEXT_BYTES) return null;
    return new TextDecoder('utf-8', { fatal: true }).decode(await workspace.fs.readFile(uri));
  } catch {
    // Not found, no access or not UTF-8: a diagnostic reports it where the document names it.
    return null;
  }
}

async function readZipped(uri: Uri): Promise<string | null> {
  try {
    const zipped = new Blob([new Uint8Array(await workspace.fs.readFile(uri))]);
    return await new Response(zipped.stream().pipeThrough(new DecompressionStream('gzip'))).text();
  } catch {
    // The server logs what does not work without it.
    return null;
  }
}

async function textsBelow(folder: Uri, token: CancellationToken): Promise<string[]> {
  const found: string[] = [];
  const folders = [folder];
  for (let next = folders.pop(); next && found.length < MOST_FILES; next = folders.pop()) {
    if (token.isCancellationRequested) break;
    for (const [name, type] of await entriesOf(next)) {
      const uri = Uri.joinPath(next, name);
      if (type === FileType.Directory) folders.push(uri);
      else if (type & FileType.File && name.endsWith('.txt')) found.push(uri.toString());
    }
  }
  return found.sort();
}

async function entriesOf(folder: Uri): Promise<[string, FileType][]> {
  try {
    return await workspace.fs.readDirectory(folder);
  } catch {
    // Not found: most documents have no wildcards, and a path may be only half written.
    return [];
  }
}
