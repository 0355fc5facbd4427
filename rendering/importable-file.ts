import { open, readFile, stat } from 'node:fs/promises';
import type { TextsResult } from '../protocol/engine.ts';
import type { LocalEngine } from './local-engine.ts';

/** Enough to tell text from images. */
const HEAD_BYTES = 4096;

/**
 * A file on a disk that may be text, an image or a video.
 *
 * @param path absolute
 * @param engine reads the metadata of images and videos, in its own process
 * @throws Error of the file system
 */
export async function importableFile(
  path: string,
  engine: () => Pick<LocalEngine, 'texts'>,
): Promise<{
  readonly size: number;
  readonly head: () => Promise<Uint8Array>;
  readonly whole: () => Promise<Uint8Array>;
  readonly texts: () => Promise<TextsResult>;
}> {
  const { size } = await stat(path);
  return {
    size,
    head: () => headOf(path),
    whole: () => readFile(path),
    texts: () => engine().texts(path),
  };
}

async function headOf(path: string): Promise<Uint8Array> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
