import { readFile, stat } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { UsageError } from './exit-code.ts';

/** A `.travel` text and where it comes from. */
export interface TravelText {
  /** As the user wrote it; `<stdin>` for `-`. */
  readonly shown: string;
  /** Absolute. For `-`, a file that need not exist in the current folder: names in the text are looked up beside it. */
  readonly path: string;
  /** The file's name without folder and ending. */
  readonly name: string;
  /** Without the byte order mark. */
  readonly text: string;
  /** What some editors on Windows put before the text. */
  readonly byteOrderMark: '' | '\uFEFF';
}

/** A `.travel` file has a few kB; a thousand times more is another kind of file. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Read a `.travel` file, or standard input for `-`.
 *
 * @throws UsageError when there is no such file or it is not text
 */
export async function readTravel(argument: string): Promise<TravelText> {
  const path = resolve(argument === '-' ? 'stdin.travel' : argument);
  const shown = argument === '-' ? '<stdin>' : argument;
  const bytes = argument === '-' ? await readStdin() : await readSmallFile(argument);
  const byteOrderMark = bytes.subarray(0, 3).equals(Buffer.from('\uFEFF')) ? '\uFEFF' : '';
  return { shown, path, name: basename(path, extname(path)), text: decode(shown, bytes), byteOrderMark };
}

async function readSmallFile(path: string): Promise<Buffer> {
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'there is no such file. Check the name and the folder' : error.message;
    throw new UsageError(`${path} cannot be read: ${why}.`);
  });
  if (info.isDirectory()) throw new UsageError(`${path} is a folder. Name the .travel files in it: ${path}/*.travel`);
  if (info.size > MOST_BYTES) throw tooLarge(path);
  return readFile(path).catch((error: Error) => {
    throw new UsageError(`${path} cannot be read: ${error.message}.`);
  });
}

async function readStdin(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > MOST_BYTES) throw tooLarge('<stdin>');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function tooLarge(shown: string): UsageError {
  return new UsageError(`${shown} has more than ${MOST_BYTES / 1024 / 1024} MB, and no .travel file is that long.`);
}

/** UTF-8 without its byte order mark. */
function decode(shown: string, bytes: Buffer): string {
  if (bytes.includes(0)) {
    throw new UsageError(
      `${shown} is not text. For the source inside a picture or film that a render wrote: travel extract ${shown}`,
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`${shown} is not UTF-8. Save it as UTF-8 in your editor.`);
  }
}
