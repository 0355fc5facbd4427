import { createReadStream, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { MOST_TRAVEL_BYTES } from '../library/travel-files.ts';
import { isLock } from '../plan/lock.ts';
import { NotTextError, UsageError } from './exit-code.ts';

/** The text of a `.travel` file and where it comes from. */
export interface TravelText {
  /** The path as the user wrote it; `<stdin>` for `-`. */
  readonly shown: string;
  /**
   * Absolute. For `-`, a file in the current folder that need not exist; paths in the text are relative to its folder.
   */
  readonly path: string;
  /** The file's name without folder and extension. */
  readonly name: string;
  /** Without the byte order mark. */
  readonly text: string;
  /** Some editors on Windows write one. */
  readonly byteOrderMark: '' | '\uFEFF';
}

export const STDIN = '<stdin>';

/**
 * Reads a `.travel` file, or standard input for `-`.
 *
 * @throws UsageError if the file cannot be opened; NotTextError if it is not text in UTF-8
 */
export async function readTravel(argument: string): Promise<TravelText> {
  if (isLock(argument)) {
    throw new UsageError(
      `${argument} is a lock file. Write the file that it locks: ${argument.slice(0, -'.lock'.length)}`,
    );
  }
  const path = resolve(argument === '-' ? 'stdin.travel' : argument);
  const shown = argument === '-' ? STDIN : argument;
  const bytes = argument === '-' ? await readStdin() : await readNamed(argument);
  const byteOrderMark = bytes.subarray(0, 3).equals(Buffer.from('\uFEFF')) ? '\uFEFF' : '';
  return { shown, path, name: basename(path, extname(path)), text: decode(shown, bytes), byteOrderMark };
}

/**
 * The file status of a path that the user wrote.
 *
 * @throws UsageError if it does not exist or cannot be accessed
 */
export async function statNamed(path: string): Promise<Stats> {
  if (path === '') throw new UsageError('A file name is empty. Check the quotes, or the variable that it comes from.');
  return stat(path).catch((error: NodeJS.ErrnoException) => {
    throw cannotRead(path, error);
  });
}

/** A message of the engine or the file system, with the name that the user wrote instead of the absolute path. */
export const asWritten = (message: string, file: string): string => message.replaceAll(resolve(file), file);

async function readNamed(path: string): Promise<Buffer> {
  const info = await statNamed(path);
  if (info.isDirectory()) throw new UsageError(`${path} is a folder. Write the .travel files in it: ${path}/*.travel`);
  if (info.size > MOST_TRAVEL_BYTES) throw tooLarge(path);
  return readAll(createReadStream(path), path);
}

/** How much of a stream is read. */
interface Limit {
  readonly bytes: number;
  readonly error: (shown: string) => Error;
}

const OF_TRAVEL_FILES: Limit = { bytes: MOST_TRAVEL_BYTES, error: tooLarge };

export async function readStdin(limit: Limit = OF_TRAVEL_FILES): Promise<Buffer> {
  if (process.stdin.readableEnded) throw new UsageError('Standard input can be read only once, so write - only once.');
  return readAll(process.stdin, STDIN, limit);
}

/** Counts while reading, because devices and pipes have no size and may never end. */
export async function readAll(
  stream: NodeJS.ReadableStream,
  shown: string,
  limit: Limit = OF_TRAVEL_FILES,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk);
      length += bytes.length;
      if (length > limit.bytes) throw limit.error(shown);
      chunks.push(bytes);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : cannotRead(shown, error as NodeJS.ErrnoException);
  }
  return Buffer.concat(chunks);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'the file was not found. Check the name and the folder.',
  ENOTDIR: 'part of its path is a file, not a folder. Check the path.',
  EACCES: 'permission denied. Check its permissions.',
  ELOOP: 'its symbolic links are circular. Use another file.',
};

function cannotRead(shown: string, { code = '', message }: NodeJS.ErrnoException): UsageError {
  return new UsageError(`${shown} cannot be read: ${REASONS[code] ?? `${message}.`}`);
}

function tooLarge(shown: string): UsageError {
  return new UsageError(`${shown} is larger than ${MOST_TRAVEL_BYTES / 1024 / 1024} MB, so it is not a .travel file.`);
}

/** UTF-8 without its byte order mark. */
function decode(shown: string, bytes: Buffer): string {
  if (UTF16.some((mark) => bytes.subarray(0, 2).equals(mark))) throw notUtf8(shown, 'UTF-16');
  if (bytes.includes(0)) {
    const file = shown === STDIN ? 'FILE' : shown;
    throw new NotTextError(
      shown,
      `This is not text. To print the source inside an image or video that a render wrote: travel extract ${file}`,
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

function notUtf8(shown: string, what: string): NotTextError {
  return new NotTextError(shown, `The file is ${what}. Save it as UTF-8 in your editor.`);
}
