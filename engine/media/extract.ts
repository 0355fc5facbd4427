import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readGif } from './gif.ts';
import { NoRecordError, type TravelRecord, unseal } from './metadata.ts';
import { readMp4 } from './mp4.ts';
import { readPng } from './png.ts';
import { readTxt } from './txt.ts';
import { readWebm } from './webm.ts';
import { readWebp } from './webp.ts';

/** Longer files were not written by a render, and do not fit into one buffer. */
const LONGEST = 2 ** 31 - 1;

/**
 * The `.travel` source and the plan inside a file that a render wrote, or inside a folder of PNGs. The kind is told by
 * content, so a renamed file opens too.
 *
 * @throws Error that says what is wrong with the file: not there, not written by a render, cut off, changed
 */
export async function extractTravel(path: string): Promise<TravelRecord> {
  try {
    const bytes = await contentOf(path);
    const sealed = readerOf(bytes)(bytes);
    if (sealed !== undefined) return unseal(sealed);
    throw new NoRecordError(
      'holds no .travel source: another program made it, or saved it again without its metadata.',
    );
  } catch (error) {
    const reason = error instanceof NoRecordError ? error.message : `cannot be read: ${reasonOf(error)}`;
    throw new Error(`${path} ${reason}`, { cause: error });
  }
}

async function contentOf(path: string): Promise<Buffer> {
  const info = await stat(path);
  if (info.isDirectory()) {
    const first = (await readdir(path)).filter((name) => /\.png$/i.test(name)).sort()[0];
    if (first === undefined)
      throw new NoRecordError('is a folder without PNG frames: choose a file that a render wrote.');
    return readFile(join(path, first));
  }
  if (!info.isFile()) throw new NoRecordError('is not a file: choose one that a render wrote.');
  if (info.size > LONGEST) throw new NoRecordError('is too large to be a file that a render wrote.');
  if (info.size === 0) throw new NoRecordError('is empty: choose another copy.');
  return readFile(path);
}

function readerOf(bytes: Buffer): (bytes: Buffer) => string | undefined {
  const head = bytes.toString('latin1', 0, 12);
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return readPng;
  if (/^GIF8[79]a/.test(head)) return readGif;
  if (head.startsWith('RIFF') && head.endsWith('WEBP')) return readWebp;
  if (head.startsWith('ftyp', 4)) return readMp4;
  if (head.startsWith('\x1aE\xdf\xa3')) return readWebm;
  return readTxt;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ENOENT') return 'there is no such file. It may have been moved or renamed.';
  return error.message;
}
