import { type FileHandle, open } from 'node:fs/promises';

/** A movie box of an hour of video has a few megabytes. */
const LONGEST_MOVIE = 64 * 2 ** 20;
/** Boxes at the top of a file that are looked at. Fragmented files have thousands, after their movie box. */
const MOST_BOXES = 2000;

const NO_INDEX = 'is cut off: its index is missing, so nothing can be read. Record or download it again.';
const ENCRYPTED = 'is encrypted (DRM). Use a copy without protection.';

/** What the headers of an MP4 or QuickTime file say about it. */
export interface MovieState {
  /** Why nothing can be read: completes "The file …"; null: nothing is known. */
  readonly fault: string | null;
  /** Whether the file ends in the middle of a box. */
  readonly isCutOff: boolean;
}

/**
 * What is wrong with an MP4 or QuickTime file that ffmpeg would not say in plain words. Only headers are read.
 *
 * @param path absolute; of any file
 */
export async function movieState(path: string): Promise<MovieState> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    let [offset, isMovie, hasIndex] = [0, false, false];
    for (let box = 0; box < MOST_BOXES && offset + 8 <= size; box++) {
      const head = await bytesAt(file, offset, 16);
      const kind = head.toString('latin1', 4, 8);
      const length = lengthOf(head, size - offset);
      if (!/^[\w ]{4}$/.test(kind) || length < 8) return { fault: null, isCutOff: false };
      const isWhole = offset + length <= size;
      isMovie ||= kind === 'ftyp' || kind === 'mdat';
      if (kind === 'moov' && isWhole) {
        hasIndex = true;
        const movie = await bytesAt(file, offset, Math.min(length, LONGEST_MOVIE));
        if (/enc[va]/.test(entriesOf(movie))) return { fault: ENCRYPTED, isCutOff: false };
      }
      if (!isWhole) return { fault: isMovie && !hasIndex ? NO_INDEX : null, isCutOff: isMovie };
      offset += length;
    }
    return { fault: isMovie && !hasIndex && offset >= size ? NO_INDEX : null, isCutOff: false };
  } finally {
    await file.close();
  }
}

function lengthOf(head: Buffer, rest: number): number {
  const length = head.length < 8 ? 0 : head.readUInt32BE(0);
  if (length === 0) return rest;
  return length === 1 && head.length === 16 ? Number(head.readBigUInt64BE(8)) : length;
}

async function bytesAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, offset);
  return bytes.subarray(0, bytesRead);
}

/** The kinds of the first sample description of each track, which follow `stsd`, its version, and their number. */
function entriesOf(movie: Buffer): string {
  const kinds: string[] = [];
  for (let at = movie.indexOf('stsd'); at >= 0 && at + 20 <= movie.length; at = movie.indexOf('stsd', at + 4)) {
    kinds.push(movie.toString('latin1', at + 16, at + 20));
  }
  return kinds.join(' ');
}
