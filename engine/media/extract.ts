import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { isReadFailure, whyReadFailed } from '../../disk/why-unreadable.ts';
import { messageOf } from '../../plan/message-of.ts';
import { formatOf } from './formats.ts';
import { framesIn } from './png-folder.ts';
import { decodeRecord, NoRecordError, type TravelRecord } from './record.ts';
import { hasTexts, type MediaText, textsIn } from './texts.ts';

/** Longer files were not written by a render, and do not fit into one buffer. */
const LONGEST = 2 ** 31 - 1;

/**
 * The `.travel` source and the plan inside a file that a render wrote, or inside a folder of PNG frames. The format is
 * detected from the contents, so renamed files work too.
 *
 * @throws Error that says what is wrong with the file: not found, not written by a render, truncated, modified
 */
export async function extractTravel(path: string): Promise<TravelRecord> {
  return reading(path, (bytes) => {
    const record = formatOf(bytes).read(bytes);
    if (record !== undefined) return decodeRecord(record);
    throw new NoRecordError(
      'has no .travel source. It was not rendered by Prompt Travel, or another program removed its metadata.',
    );
  });
}

/**
 * The texts in an image or video of any program, such as A1111's parameters and ComfyUI's workflow.
 *
 * @throws Error that says what is wrong with the file: not found, of no known format, truncated, without texts
 */
export async function extractTexts(path: string): Promise<MediaText[]> {
  return reading(path, (bytes) => {
    if (!hasTexts(bytes)) throw new NoRecordError('is neither text nor an image or video of a known format.');
    return textsIn(bytes);
  });
}

async function reading<T>(path: string, read: (bytes: Buffer) => T): Promise<T> {
  try {
    return read(await contentOf(path));
  } catch (error) {
    throw new Error(`${path} ${await whyNot(path, error)}`, { cause: error });
  }
}

async function contentOf(path: string): Promise<Buffer> {
  if (!(await stat(path)).isDirectory()) return readRegular(path);
  const [first] = await framesIn(path);
  if (first === undefined) throw new NoRecordError('is a folder without PNG frames. Choose a rendered file.');
  return readRegular(first);
}

/** Only regular files are opened: a pipe would block, and a device may never end. */
async function readRegular(path: string): Promise<Buffer> {
  const info = await stat(path);
  if (!info.isFile()) throw new NoRecordError('is not a file, or its first frame is not one. Choose a rendered file.');
  // A pipe may have taken the path in the meantime: without O_NONBLOCK, opening it would block.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const { size } = await handle.stat();
    if (size > LONGEST) throw new NoRecordError('is larger than any file that a render writes.');
    if (size === 0) throw new NoRecordError('is empty. Use another copy.');
    // Not `readFile`: it reads to the end, and the file may be growing.
    const bytes = Buffer.alloc(size);
    const { bytesRead } = await handle.read(bytes, 0, size, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function whyNot(path: string, error: unknown): Promise<string> {
  if (error instanceof NoRecordError) return error.message;
  if (!isReadFailure(error)) return `cannot be read: ${messageOf(error)}`;
  return (await whyReadFailed(path, error)) ?? 'cannot be read: file not found. It may have been moved or renamed.';
}
