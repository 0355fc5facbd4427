import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writeOwnFile } from '../disk/write-own-file.ts';

/*
 * Files of the cache: the SHA-256 of their content, then the content. A file that a crash, a full disk or another
 * program damaged is recognized and counts as missing.
 */

/** Of SHA-256. */
const CHECKSUM_BYTES = 32;

/**
 * Replaces a file atomically. The content is on the disk before the file has its name.
 *
 * @param path absolute
 * @throws the system's error; nothing remains on the disk
 */
export async function writeChecksummed(path: string, content: Uint8Array): Promise<void> {
  await writeOwnFile(path, Buffer.concat([checksum(content), content]));
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
