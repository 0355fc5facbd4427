import { createHash } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';

/*
 * Files of the cache: the SHA-256 of their content, then the content. A file that a crash, a full disk or another program
 * damaged is recognized and counts as missing.
 */

/** Of SHA-256. */
const CHECKSUM_BYTES = 32;

/** Names of files that are being written: the final name, then the process. */
export const temporaryName = (path: string): string => `${path}.${process.pid}`;

/**
 * Replaces a file atomically. The content is on the disk before the file has its name.
 *
 * @param path absolute; its folder exists
 * @throws the system's error; nothing remains on the disk
 */
export async function writeChecksummed(path: string, content: Uint8Array): Promise<void> {
  const temporary = temporaryName(path);
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(checksum(content));
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch((reason: Error) => {
      console.error(`Could not remove ${temporary}: ${reason.message}`);
    });
    throw error;
  }
}

/** The content of a file; null if it is missing, damaged or cannot be read. */
export async function readChecksummed(path: string): Promise<Uint8Array | null> {
  try {
    const bytes = await readFile(path);
    // A copy, which is aligned for every element type.
    const content = Uint8Array.from(bytes.subarray(CHECKSUM_BYTES));
    return checksum(content).equals(bytes.subarray(0, CHECKSUM_BYTES)) ? content : null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') console.error(`Could not read ${path}: ${message}`);
    return null;
  }
}

const checksum = (content: Uint8Array) => createHash('sha256').update(content).digest();
