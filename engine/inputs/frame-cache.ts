import { promisify } from 'node:util';
import { constants, deflate, inflate } from 'node:zlib';
import { z } from 'zod';
import { SOURCE_FRAME } from '../../protocol/cache-layout.ts';
import { CachedFiles } from '../cached-files.ts';
import { ENGINE_VERSION } from '../engine-version.ts';
import type { CacheLimits } from '../eviction.ts';
import type { PixelSize, SourcePicture } from './source.ts';

/** Of the frames of all videos together. */
const LIMITS: CacheLimits = { age: 30 * 24 * 60 * 60 * 1000, bytes: 2 * 2 ** 30 };

const pack = promisify<Uint8Array, { level: number }, Buffer>(deflate);
const unpack = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflate);

/** Width and height, 32 bits each, before the pixels. */
const HEAD_BYTES = 8;

/** JSON has no Infinity. */
const UNKNOWN_LENGTH = 'unknown';

/** What opening a video finds, as JSON. */
const KeptVideo = z.object({
  starts: z.array(z.number()).readonly(),
  end: z.number(),
  cutOffFrom: z.union([z.number(), z.literal(UNKNOWN_LENGTH).transform(() => Number.POSITIVE_INFINITY)]).nullable(),
  /** What the user is told about the video. */
  warnings: z.array(z.string()).readonly(),
});
type KeptVideo = z.infer<typeof KeptVideo>;

/** Frames of one video on disk, and when they are shown, by its contents and how they are decoded. */
export class FrameCache {
  readonly #files: CachedFiles;
  readonly #video: string;

  /**
   * @param folder absolute path
   * @param hash of the contents of the video
   * @param decoder what is equal for programs that decode the same pixels
   */
  constructor(folder: string, hash: string, decoder: string) {
    this.#files = new CachedFiles({
      folder,
      ending: SOURCE_FRAME,
      limits: LIMITS,
      what: 'frames of videos',
      keepsUsed: true,
    });
    this.#video = JSON.stringify([ENGINE_VERSION, hash, decoder]);
  }

  /** null if it was not kept. */
  async video(): Promise<KeptVideo | null> {
    const content = await this.#files.get(this.#video);
    return content && KeptVideo.parse(JSON.parse(Buffer.from(content).toString('utf8')));
  }

  putVideo(video: KeptVideo): Promise<void> {
    const cutOffFrom = video.cutOffFrom === Number.POSITIVE_INFINITY ? UNKNOWN_LENGTH : video.cutOffFrom;
    return this.#files.put(this.#video, Buffer.from(JSON.stringify({ ...video, cutOffFrom })));
  }

  /** Whether there is a file for a frame, which is not read. @param size as of `VideoSource.frames` */
  has(frame: number, size: PixelSize | null): Promise<boolean> {
    return this.#files.has(this.#keyOf(frame, size));
  }

  /** A frame that was kept; null if it is missing or damaged. */
  async frame(frame: number, size: PixelSize | null): Promise<SourcePicture | null> {
    const content = await this.#files.get(this.#keyOf(frame, size));
    if (content === null || content.length < HEAD_BYTES) return null;
    const head = new DataView(content.buffer, content.byteOffset, HEAD_BYTES);
    const [width, height] = [head.getUint32(0), head.getUint32(HEAD_BYTES / 2)];
    const length = width * height * 3;
    const rgb = await unpack(content.subarray(HEAD_BYTES), { maxOutputLength: length }).catch(() => null);
    return rgb?.length === length ? { width, height, rgb } : null;
  }

  async putFrame(frame: number, size: PixelSize | null, { width, height, rgb }: SourcePicture): Promise<void> {
    const head = new DataView(new ArrayBuffer(HEAD_BYTES));
    head.setUint32(0, width);
    head.setUint32(HEAD_BYTES / 2, height);
    const packed = await pack(rgb, { level: constants.Z_BEST_SPEED });
    await this.#files.put(this.#keyOf(frame, size), Buffer.concat([new Uint8Array(head.buffer), packed]));
  }

  /** Removes what is too old or too much, after frames were added. */
  evict(): Promise<void> {
    return this.#files.evict();
  }

  #keyOf(frame: number, size: PixelSize | null): string {
    return JSON.stringify([this.#video, frame, size && [size.width, size.height]]);
  }
}
