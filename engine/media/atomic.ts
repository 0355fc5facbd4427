import { randomBytes } from 'node:crypto';
import { link, lstat, mkdir, open, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder, removeEmpty } from '../../disk/make-folder.ts';
import { writeThrough } from '../../disk/rename-into.ts';
import { isSystemError } from '../../disk/system-error.ts';
import { partialName } from '../../plan/partial-files.ts';
import { removeAbandoned } from './abandoned.ts';

/** A file or folder could not be written. The message includes its path, the reason and what to do. */
export class CannotWriteError extends Error {
  override readonly name = 'CannotWriteError';
}

export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** An output that is complete and on the disk, under a temporary name beside its final one. */
export interface StagedOutput {
  /** Follows the base and the number in the final name, such as `.webp`; empty for a folder. */
  readonly suffix: string;
  /** Absolute path. */
  readonly temporary: string;
  /** Folders that were created for it, the outermost first. */
  readonly created: readonly string[];
}

/** `base` itself, then `base-2`, `base-3`, … */
function numbered(base: string, number: number): string {
  return number === 1 ? base : `${base}-${number}`;
}

/**
 * Writes a file under a temporary name. Missing folders are created.
 *
 * @param base absolute path without the suffix
 * @throws CannotWriteError, or the signal's reason; nothing remains on the disk
 */
export async function stageFile(
  base: string,
  suffix: string,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<StagedOutput> {
  return stage(base, suffix, async (temporary) => {
    await writeThrough(temporary, 'wx', (file) => file.writeFile(bytes));
    signal?.throwIfAborted();
  });
}

/** Like `stageFile`, for a folder of files. */
export async function stageFolder(
  base: string,
  files: AsyncIterable<NamedBytes>,
  signal?: AbortSignal,
): Promise<StagedOutput> {
  return stage(base, '', async (temporary) => {
    await mkdir(temporary);
    for await (const { name, bytes } of files) {
      signal?.throwIfAborted();
      await writeThrough(join(temporary, name), 'wx', (file) => file.writeFile(bytes));
    }
    signal?.throwIfAborted();
    await syncFolder(temporary);
  });
}

/** Removes outputs that will not be published, and folders that were created for them and are empty. */
export async function discard(staged: readonly StagedOutput[]): Promise<void> {
  // The reason for discarding them matters more than a temporary file that cannot be removed.
  for (const { temporary } of staged) await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
  for (const { created } of staged) await removeEmpty(created);
}

/**
 * Gives the outputs of one render their final names: all with the smallest number for which every name is free. Nothing
 * is overwritten, also if several processes publish under the same base at the same time: each name is taken by one of
 * them, and one that cannot have all names of a number gives them back. Names are taken in the same order everywhere,
 * so one of the processes always gets all of its names.
 *
 * @param base absolute path
 * @returns absolute paths in the order of `staged`
 * @throws CannotWriteError; nothing remains on the disk
 */
export async function publish(base: string, staged: readonly StagedOutput[]): Promise<string[]> {
  const ordered = staged.toSorted((a, b) => (a.suffix < b.suffix ? -1 : 1));
  try {
    for (let number = 1; ; number++) {
      const pathOf = ({ suffix }: StagedOutput) => `${numbered(base, number)}${suffix}`;
      if (!(await takeAll(ordered, pathOf))) continue;
      await syncFolder(dirname(base));
      return staged.map(pathOf);
    }
  } catch (error) {
    await discard(staged);
    throw isSystemError(error) ? cannotWrite(base, error) : error;
  }
}

/** Moves all outputs to their paths, or none of them, if one of the paths is taken. */
async function takeAll(staged: readonly StagedOutput[], pathOf: (output: StagedOutput) => string): Promise<boolean> {
  for (const output of staged) if (await exists(pathOf(output))) return false;
  const taken: StagedOutput[] = [];
  const giveBack = async () => {
    for (const output of taken) await rename(pathOf(output), output.temporary);
  };
  for (const output of staged) {
    const move = output.suffix === '' ? moveFolder : moveFile;
    const moved = await move(output.temporary, pathOf(output)).catch(async (error: unknown) => {
      await giveBack();
      throw error;
    });
    if (!moved) {
      await giveBack();
      return false;
    }
    taken.push(output);
  }
  return true;
}

/**
 * Verifies that files can be written next to `base`. Nothing remains, so that a canceled render leaves no empty folder.
 *
 * @param suffixes of the files that will be written
 * @throws CannotWriteError
 */
export async function tryToWrite(base: string, suffixes: readonly string[]): Promise<void> {
  await removeAbandoned(dirname(base));
  for (const suffix of suffixes) await exists(`${base}${suffix}`);
  await discard([await stageFile(base, '', new Uint8Array(1))]);
}

async function stage(
  base: string,
  suffix: string,
  write: (temporary: string) => Promise<void>,
  attempts = 3,
): Promise<StagedOutput> {
  const folder = dirname(base);
  const temporary = join(folder, partialName(process.pid, randomBytes(6).toString('hex')));
  const created: string[] = [];
  try {
    created.push(...(await makeFolder(folder)));
    await write(temporary);
    return { suffix, temporary, created };
  } catch (error) {
    await discard([{ suffix, temporary, created }]);
    // Another render may have removed the folder that it had created, because it was empty.
    const isGone = isSystemError(error) && error.code === 'ENOENT' && attempts > 1;
    if (isGone) return stage(base, suffix, write, attempts - 1);
    throw isSystemError(error) ? cannotWrite(`${base}${suffix}`, error) : error;
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

/** Moves without overwriting; false if the name is taken. Unlike a rename, a hard link fails if the name is taken. */
async function moveFile(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
  } catch (error) {
    if (isSystemError(error) && error.code === 'EEXIST') return false;
    return moveWithoutLink(from, to);
  }
  await unlink(from);
  return true;
}

/** Some file systems (exFAT, network shares) have no hard links. There, an empty file reserves the name. */
async function moveWithoutLink(from: string, to: string): Promise<boolean> {
  try {
    await (await open(to, 'wx')).close();
  } catch (error) {
    if (isSystemError(error) && error.code === 'EEXIST') return false;
    throw error;
  }
  await rename(from, to);
  return true;
}

/** A folder with files never replaces another one: the rename fails if the name is taken, except by an empty folder. */
async function moveFolder(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    // By now, the other process may have given the name back. Windows reports EPERM for a name that is taken.
    const isTaken = isSystemError(error) && ['EEXIST', 'ENOTEMPTY', 'ENOTDIR'].includes(error.code);
    if (isTaken || (await exists(to))) return false;
    throw error;
  }
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

/** Whether an error of the system says that a disk or a quota has no space left. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
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

/** @param option that chooses another path, as it is written in a message, such as a flag of the command line */
export function cannotWrite(path: string, error: Error, option = '`output`'): CannotWriteError {
  if (!isSystemError(error)) return new CannotWriteError(`Cannot write ${path}: ${error.message}.`, { cause: error });
  const reason =
    REASONS[error.code] ??
    'the operating system reported an error. Check the disk, or choose another folder with `output`';
  const advised = reason.replaceAll('`output`', option);
  return new CannotWriteError(`Cannot write ${path}: ${advised}. (${error.code} at ${error.syscall})`, {
    cause: error,
  });
}
