import { stat } from 'node:fs/promises';
import type { FileRef } from '../../plan/plan.ts';
import { findFfmpeg } from '../media/find-ffmpeg.ts';
import { FileHashes } from '../models/file-hashes.ts';
import { FrameCache } from './frame-cache.ts';
import { openVideo } from './open-video.ts';
import type { InputContext, PixelSize, SourcePicture, VideoSource } from './source.ts';

/**
 * As `openVideo`, with frames that were decoded before from the cache: ffmpeg is started when one is missing.
 *
 * @throws RenderError as of `openVideo`
 */
export async function openCachedVideo(file: FileRef, name: string, context: InputContext): Promise<VideoSource> {
  const cache = await cacheOf(file, context);
  if (!cache) return openVideo(file.path, name, context);
  const decoder = new Decoder(file.path, name, context);
  const { starts, end, cutOffFrom, warnings } = (await cache.video()) ?? (await opened(decoder, cache));
  for (const warning of warnings) context.warn(warning);
  return {
    times: { starts, end },
    cutOffFrom,
    frames: (picks, size) => framesOf(cache, decoder, picks, size, context.signal),
  };
}

/** Opens a video for the first time, and keeps what that finds. */
async function opened(decoder: Decoder, cache: FrameCache) {
  const { times, cutOffFrom } = await decoder.open();
  const video = { ...times, cutOffFrom, warnings: decoder.warnings };
  await cache.putVideo(video);
  return video;
}

/** null: without a cache folder, or ffmpeg, or if the video cannot be read. */
async function cacheOf(file: FileRef, { cacheFolder, signal }: InputContext): Promise<FrameCache | null> {
  if (!cacheFolder) return null;
  const ffmpeg = await findFfmpeg();
  const info = ffmpeg === undefined ? null : await stat(ffmpeg).catch(() => null);
  const hash = (await new FileHashes(cacheFolder).of([file], signal)).get(file.path);
  if (!info || hash === undefined) return null;
  // Another build may scale, or map the colors of HDR, in another way.
  return new FrameCache(cacheFolder, hash, JSON.stringify([ffmpeg, info.size, info.mtimeMs]));
}

/** A video that ffmpeg opens when that is needed. */
class Decoder {
  /** What was said when it was opened. */
  readonly warnings: string[] = [];
  readonly #open: () => Promise<VideoSource>;
  #source: VideoSource | null = null;

  constructor(path: string, name: string, context: InputContext) {
    const warn = (line: string) => {
      if (this.#source) context.warn(line);
      else this.warnings.push(line);
    };
    this.#open = () => openVideo(path, name, { ...context, warn });
  }

  async open(): Promise<VideoSource> {
    this.#source ??= await this.#open();
    return this.#source;
  }
}

/** Frames in order, from the cache or from one run of ffmpeg. */
async function* framesOf(
  cache: FrameCache,
  decoder: Decoder,
  picks: readonly number[],
  size: PixelSize | null,
  signal: AbortSignal,
): AsyncGenerator<{ readonly frame: number; readonly picture: SourcePicture }> {
  const missing = new Set<number>();
  for (const frame of picks) if (!(await cache.has(frame, size))) missing.add(frame);
  const decoded = decodedFrames(cache, decoder, [...missing], size);
  try {
    for (const frame of picks) {
      signal.throwIfAborted();
      if (missing.has(frame)) {
        const { value } = await decoded.next();
        if (value) yield value;
        continue;
      }
      const picture = await cache.frame(frame, size);
      if (picture) yield { frame, picture };
      // Its file is damaged, which was not expected.
      else yield* decodedFrames(cache, decoder, [frame], size);
    }
  } finally {
    await decoded.return(undefined);
    await cache.evict();
  }
}

async function* decodedFrames(
  cache: FrameCache,
  decoder: Decoder,
  picks: readonly number[],
  size: PixelSize | null,
): AsyncGenerator<{ readonly frame: number; readonly picture: SourcePicture }, undefined> {
  const { frames } = await decoder.open();
  for await (const each of frames(picks, size)) {
    if (!each.picture.standsIn) await cache.putFrame(each.frame, size, each.picture);
    yield each;
  }
}
