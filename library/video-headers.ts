import { stat } from 'node:fs/promises';
import type { VideoHeader } from '../plan/video-header.ts';
import { readVideoHeader } from '../videos/read-header.ts';

/** Headers are small, and a document names few. */
const MOST_KEPT = 500;

interface Kept {
  readonly size: number;
  readonly mtimeMs: number;
  readonly header: Promise<VideoHeader | null>;
}

/** By path, in the order in which they were read. */
const kept = new Map<string, Kept>();

/**
 * The header of a video, which is read again if the file has changed; null if there is no regular file at the path, or
 * it cannot be read.
 *
 * @param path absolute
 */
export async function videoHeader(path: string): Promise<VideoHeader | null> {
  // Not found: another check reports it at its name.
  const info = await stat(path).catch(() => null);
  if (!info?.isFile()) return null;
  const { size, mtimeMs } = info;
  const known = kept.get(path);
  if (known?.size === size && known.mtimeMs === mtimeMs) return known.header;
  // A file that cannot be read is reported by the render, which opens it, too.
  const header = readVideoHeader(path).catch(() => null);
  kept.delete(path);
  kept.set(path, { size, mtimeMs, header });
  const [oldest] = kept.keys();
  if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  return header;
}
