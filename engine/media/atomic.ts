import { randomBytes } from 'node:crypto';
import { link, lstat, mkdir, open, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from './make-folder.ts';

/** A file or folder could not be written. The message includes its path, the reason and what to do. */
export class CannotWriteError extends Error {
  override readonly name = 'CannotWriteError';
}

export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * The smallest number n ≥ 1 for which no `numbered(base, n) + suffix` exists, because renders never overwrite files.
 *
 * @param suffixes of the files that will be written, such as `.webp`; empty for a folder
 */
export async function freeNumber(base: string, suffixes: readonly string[]): Promise<number> {
  for (let number = 1; ; number++) {
    const taken = await Promise.all(suffixes.map((suffix) => exists(`${numbered(base, number)}${suffix}`)));
    if (!taken.includes(true)) return number;
  }
}

/** `base` itself, then `base-2`, `base-3`, … */
export function numbered(base: string, number: number): string {
  return number === 1 ? base : `${base}-${number}`;
}

/**
 * Writes a file that appears under its name only when it is complete and on the disk. Missing folders are created. If the
 * name was taken in the meantime, the next number is used.
 *
 * @param base absolute path without the suffix
 * @returns the path of the file
 * @throws CannotWriteError, or the signal's reason; nothing remains on the disk
 */
export async function writeFileWhole(
  base: string,
  suffix: string,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<string> {
  return whole(`${base}${suffix}`, async (temporary) => {
    await writeThrough(temporary, bytes);
    signal?.throwIfAborted();
    return publish(temporary, (number) => `${numbered(base, number)}${suffix}`, moveFile);
  });
}

/** Like `writeFileWhole`, for a folder that appears when all of its files are complete. */
export async function writeFolderWhole(
  base: string,
  files: AsyncIterable<NamedBytes>,
  signal?: AbortSignal,
): Promise<string> {
  return whole(base, async (temporary) => {
    await mkdir(temporary);
    for await (const { name, bytes } of files) {
      signal?.throwIfAborted();
      await writeThrough(join(temporary, name), bytes);
    }
    signal?.throwIfAborted();
    await syncFolder(temporary);
    return publish(temporary, (number) => numbered(base, number), moveFolder);
  });
}

/**
 * Verifies that files can be written next to `base`. Only created folders remain.
 *
 * @throws CannotWriteError
 */
export async function tryToWrite(base: string): Promise<void> {
  await whole(base, async (temporary) => {
    await writeThrough(temporary, new Uint8Array(1));
    await unlink(temporary);
    return base;
  });
}

async function whole(wanted: string, write: (temporary: string) => Promise<string>): Promise<string> {
  const folder = dirname(wanted);
  const temporary = join(folder, `.travel-${randomBytes(6).toString('hex')}.partial`);
  try {
    await makeFolder(folder);
    const written = await write(temporary);
    await syncFolder(folder);
    return written;
  } catch (error) {
    // The original error matters more than a temporary file that cannot be removed.
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw isSystemError(error) ? cannotWrite(wanted, error) : error;
  }
}

async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a rename survive a power failure. Windows has no such call and does not need one. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function publish(
  temporary: string,
  name: (number: number) => string,
  move: (from: string, to: string) => Promise<boolean>,
): Promise<string> {
  for (let number = 1; ; number++) {
    const path = name(number);
    if (await move(temporary, path)) return path;
  }
}

/** Moves without overwriting; false if the name is taken. Unlike a rename, a hard link fails if the name is taken. */
async function moveFile(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
  } catch (error) {
    if (isSystemError(error) && error.code === 'EEXIST') return false;
    // Some file systems (exFAT, network shares) have no hard links.
    return moveFolder(from, to);
  }
  await unlink(from);
  return true;
}

async function moveFolder(from: string, to: string): Promise<boolean> {
  if (await exists(to)) return false;
  await rename(from, to);
  return true;
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return false;
    throw isSystemError(error) ? cannotWrite(path, error) : error;
  }
}

type SystemError = Error & { readonly code: string; readonly syscall: string };

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}

const REASONS: Record<string, string> = {
  EACCES: 'permission denied. Choose another folder with `output`, or change its permissions',
  EPERM: 'the operating system does not allow it. Choose another folder with `output`, or change its permissions',
  EROFS: 'the disk is read-only. Choose another folder with `output`',
  ENOSPC: 'the disk is full. Free some space, or choose another disk with `output`, and render again',
  EDQUOT: 'your disk quota is exceeded. Free some space, or choose another disk with `output`, and render again',
  EFBIG: 'the file would be larger than the disk allows. Choose another disk with `output`',
  ENOTDIR: 'a part of the path is a file, not a folder. Choose another folder with `output`',
  EEXIST: 'a part of the path is a file, not a folder. Choose another folder with `output`',
  ENAMETOOLONG: 'the file name is too long. Choose a shorter one with `output`',
  ENOENT:
    'the folder cannot be created, or the name contains characters that are not allowed. Choose another path with `output`',
  EMFILE: 'too many files are open. Close other programs and render again',
};

function cannotWrite(path: string, error: SystemError): CannotWriteError {
  const reason =
    REASONS[error.code] ??
    'the operating system reported an error. Check the disk, or choose another folder with `output`';
  return new CannotWriteError(`Cannot write ${path}: ${reason}. (${error.code} at ${error.syscall})`, {
    cause: error,
  });
}
