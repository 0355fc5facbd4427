import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { VideoHeader } from '../plan/video-header.ts';
import { readAnimation } from './animation.ts';
import { readAvi } from './avi.ts';
import { bytesOfFile, type FileBytes } from './file-bytes.ts';
import { NO_TIMES } from './frame-times.ts';
import { readMatroska } from './matroska.ts';
import { readMovie } from './movie.ts';
import { NO_WHOLE_FRAME } from './refusals.ts';
import { HEAD_BYTES, sourceKind } from './source-kind.ts';

/** A container that only ffmpeg reads, or whose header is damaged. */
const UNKNOWN: VideoHeader = {
  kind: 'video',
  container: 'other',
  size: null,
  rotation: 0,
  codec: null,
  ...NO_TIMES,
  cutOffFrom: null,
  isHdr: false,
  hasAudio: null,
};

/** What the header of a video says, or why the file is none. Nothing is decoded. */
export async function headerOf(file: FileBytes): Promise<VideoHeader> {
  const kind = sourceKind(await file.read(0, HEAD_BYTES));
  try {
    switch (kind.kind) {
      case 'refused':
        return kind;
      case 'gif':
      case 'webp':
      case 'png':
        return await readAnimation(kind.kind, file);
      case 'mp4':
        return (await readMovie(file)) ?? UNKNOWN;
      case 'matroska':
        return (await readMatroska(file)) ?? UNKNOWN;
      case 'avi':
        return (await readAvi(file)) ?? UNKNOWN;
      case 'other':
        return UNKNOWN;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // It ends too early. Of other containers, ffmpeg may still read the file.
    return kind.kind === 'gif' || kind.kind === 'webp' || kind.kind === 'png' ? NO_WHOLE_FRAME : UNKNOWN;
  }
}

/**
 * The header of a file.
 *
 * @param path absolute; of a regular file
 * @throws Error if it cannot be opened or read
 */
export async function readVideoHeader(path: string): Promise<VideoHeader> {
  // A pipe may have taken the path in the meantime: without O_NONBLOCK, opening it would block.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    return await headerOf(bytesOfFile(file, (await file.stat()).size));
  } finally {
    await file.close();
  }
}
