import { createReadStream, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
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

/** What stands for the name of standard input. */
const STDIN = '<stdin>';

/** A `.travel` file has a few kB; a thousand times more is another kind of file. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Read a `.travel` file, or standard input for `-`.
 *
 * @throws UsageError when there is no such file or it is not text
 */
export async function readTravel(argument: string): Promise<TravelText> {
  const path = resolve(argument === '-' ? 'stdin.travel' : argument);
  const shown = argument === '-' ? STDIN : argument;
  const bytes = argument === '-' ? await readStdin() : await readNamed(argument);
  const byteOrderMark = bytes.subarray(0, 3).equals(Buffer.from('\uFEFF')) ? '\uFEFF' : '';
  return { shown, path, name: basename(path, extname(path)), text: decode(shown, bytes), byteOrderMark };
}

/**
 * What is at a path that the user named.
 *
 * @throws UsageError when there is nothing that can be looked at
 */
export async function statNamed(path: string): Promise<Stats> {
  if (path === '')
    throw new UsageError('A file has an empty name. Check the quotes or the variable that it comes from.');
  return stat(path).catch((error: NodeJS.ErrnoException) => {
    throw cannotRead(path, error);
  });
}

async function readNamed(path: string): Promise<Buffer> {
  const info = await statNamed(path);
  if (info.isDirectory()) throw new UsageError(`${path} is a folder. Name the .travel files in it: ${path}/*.travel`);
  if (info.size > MOST_BYTES) throw tooLarge(path);
  return readAll(createReadStream(path), path);
}

async function readStdin(): Promise<Buffer> {
  if (process.stdin.readableEnded) throw new UsageError('Standard input can be read only once. Write - only once.');
  return readAll(process.stdin, STDIN);
}

/** Counts as it reads: a device or a pipe has no size, and may have no end. */
async function readAll(stream: NodeJS.ReadableStream, shown: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk);
      length += bytes.length;
      if (length > MOST_BYTES) throw tooLarge(shown);
      chunks.push(bytes);
    }
  } catch (error) {
    throw error instanceof UsageError ? error : cannotRead(shown, error as NodeJS.ErrnoException);
  }
  return Buffer.concat(chunks);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file. Check the name and the folder.',
  ENOTDIR: 'a part of its path is a file, not a folder. Check the path.',
  EACCES: 'you may not read it. Check its permissions.',
  ELOOP: 'its symbolic links lead in a circle. Name another file.',
};

function cannotRead(shown: string, { code = '', message }: NodeJS.ErrnoException): UsageError {
  return new UsageError(`${shown} cannot be read: ${REASONS[code] ?? `${message}.`}`);
}

function tooLarge(shown: string): UsageError {
  return new UsageError(`${shown} has more than ${MOST_BYTES / 1024 / 1024} MB, and no .travel file is that long.`);
}

/** UTF-8 without its byte order mark. */
function decode(shown: string, bytes: Buffer): string {
  if (UTF16.some((mark) => bytes.subarray(0, 2).equals(mark))) throw notUtf8(shown, 'UTF-16');
  if (bytes.includes(0)) {
    const file = shown === STDIN ? 'FILE' : shown;
    throw new UsageError(
      `${shown} is not text. For the source inside a picture or film that a render wrote: travel extract ${file}`,
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw notUtf8(shown, 'not UTF-8');
  }
}

/** The byte order marks of little and big endian. */
const UTF16 = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

function notUtf8(shown: string, what: string): UsageError {
  return new UsageError(`${shown} is ${what}. Save it as UTF-8 in your editor.`);
}
