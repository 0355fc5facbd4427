import type { FileRef } from '../plan/plan.ts';
import { needsFfmpeg, type RefusedVideo } from '../plan/video-header.ts';
import { readVideoHeader } from '../videos/read-header.ts';
import { NOT_A_VIDEO } from '../videos/refusals.ts';

/** Images whose headers are known, of all documents; several megabytes, mostly paths. */
export const MOST_KNOWN = 20_000;

/** Files that are open at the same time. */
const AT_ONCE = 16;

interface Known extends Omit<FileRef, 'path'> {
  /** null: the header is that of an image that can be read. */
  readonly defect: RefusedVideo | null;
}

/** By path, in the order in which they were read. */
const known = new Map<string, Known>();

/**
 * Why an image cannot be used, by its header: null if it can; undefined if it was not read in this state of the file.
 */
export function knownDefect({ path, size, mtimeMs }: FileRef): RefusedVideo | null | undefined {
  const entry = known.get(path);
  return entry?.size === size && entry.mtimeMs === mtimeMs ? entry.defect : undefined;
}

/** Reads headers for `knownDefect`. Nothing is decoded. */
export async function readDefects(files: Iterable<FileRef>): Promise<void> {
  const waiting = files[Symbol.iterator]();
  const read = async () => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) {
      const { path, size, mtimeMs } = next.value;
      const defect = await defectOf(path);
      known.delete(path);
      known.set(path, { size, mtimeMs, defect });
      const [oldest] = known.keys();
      if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, read));
}

async function defectOf(path: string): Promise<RefusedVideo | null> {
  // A file that cannot be opened is reported by the render.
  const header = await readVideoHeader(path).catch(() => null);
  if (header?.kind === 'refused') return header.reason === 'image' ? null : header;
  // GIF, WebP and PNG are images, too.
  return header && needsFfmpeg(header) ? NOT_A_VIDEO : null;
}
