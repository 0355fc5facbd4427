import { type CancellationToken, FileType, Uri, workspace } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import {
  CLIP_MERGES,
  LIST_TEXTS,
  type ListTextsAnswer,
  ListTextsRequest,
  READ_TEXT,
  ReadTextRequest,
  type TextAnswer,
} from '../protocol/language-server.ts';

/** Longer texts are not what they are taken for. */
const MOST_TEXT_BYTES = 16 * 1024 * 1024;
/** Files that are listed; a folder with more is no folder of wildcards. */
const MOST_FILES = 10_000;

/**
 * Reads files for a server that runs in a browser, by whatever file system the workspace has.
 *
 * @param program folder of the extension
 */
export function answerFileRequests(client: BaseLanguageClient, program: Uri): void {
  client.onRequest(READ_TEXT, async (params: unknown): Promise<TextAnswer> => {
    return { text: await readText(Uri.parse(ReadTextRequest.parse(params).uri)) };
  });
  client.onRequest(CLIP_MERGES, async (): Promise<TextAnswer> => {
    return { text: await readZipped(Uri.joinPath(program, 'models/clip/merges.txt.gz')) };
  });
  client.onRequest(LIST_TEXTS, async (params: unknown, token: CancellationToken): Promise<ListTextsAnswer> => {
    return { uris: await textsBelow(Uri.parse(ListTextsRequest.parse(params).folder), token) };
  });
}

async function readText(uri: Uri): Promise<string | null> {
  try {
    const { type, size } = await workspace.fs.stat(uri);
    if (!(type & FileType.File) || size > MOST_TEXT_BYTES) return null;
    return new TextDecoder('utf-8', { fatal: true }).decode(await workspace.fs.readFile(uri));
  } catch {
    // No such file, no access, no UTF-8: to the document it is not there, and a diagnostic says so where it is named.
    return null;
  }
}

async function readZipped(uri: Uri): Promise<string | null> {
  try {
    const zipped = new Blob([new Uint8Array(await workspace.fs.readFile(uri))]);
    return await new Response(zipped.stream().pipeThrough(new DecompressionStream('gzip'))).text();
  } catch {
    // The server says in the log what it does without.
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
    // No such folder: most documents have no wildcards.
    return [];
  }
}
