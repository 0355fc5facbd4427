import { access, constants, lstat, stat } from 'node:fs/promises';
import { isSystemError } from './system-error.ts';

/**
 * Why a file or folder cannot be read, and what to do, as after “The file …”; null if it can, or nothing is at the path.
 *
 * @param path absolute
 */
export async function whyUnreadable(path: string): Promise<string | null> {
  try {
    const isFolder = (await stat(path)).isDirectory();
    // Names in a folder can be listed without X_OK, but not opened.
    await access(path, isFolder ? constants.R_OK | constants.X_OK : constants.R_OK);
    return null;
  } catch (error) {
    return whyReadFailed(path, error);
  }
}

/** The same by what was thrown when `path` was read. */
export async function whyReadFailed(path: string, error: unknown): Promise<string | null> {
  const isLink = await lstat(path).then(
    (info) => info.isSymbolicLink(),
    () => false,
  );
  return unreadableInWords(codeOf(error), isLink);
}

/** A sentence, and what to do, about what was thrown when `path` was read. It begins with the path. */
export async function readFailure(path: string, error: unknown): Promise<string> {
  return `${path} ${(await whyReadFailed(path, error)) ?? 'was not found. Check the path.'}`;
}

/** Whether a file could not be read, as opposed to what is in it: the operating system refused it, or its path. */
export const isReadFailure = (error: unknown): boolean =>
  isSystemError(error) || codeOf(error) === 'ERR_INVALID_ARG_VALUE';

/** The same by the code of a system error. @param isLink whether a symbolic link is at the path */
export function unreadableInWords(code: string, isLink: boolean): string | null {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return isLink ? 'is a link that leads nowhere. Change the link, or use the file itself.' : null;
    // A path with a NUL is of nothing.
    case 'ERR_INVALID_ARG_VALUE':
    case 'ENAMETOOLONG':
      return null;
    case 'ELOOP':
      return 'is a link that leads back to itself. Change the link, or use the file itself.';
    case 'EACCES':
    case 'EPERM':
      return 'cannot be read: permission denied. Change its permissions, or those of its folder.';
    default:
      return `cannot be read: the operating system reports ${code}. Check the disk, or use another copy.`;
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'an error of no name';
