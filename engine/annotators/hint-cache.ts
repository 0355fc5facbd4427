import { promisify } from 'node:util';
import { constants, deflate, inflate } from 'node:zlib';
import { sliderValues } from '../../plan/annotators.ts';
import { isNetwork } from '../../plan/network-annotators.ts';
import { HINT } from '../../protocol/cache-layout.ts';
import { CachedFiles } from '../cached-files.ts';
import { ENGINE_VERSION } from '../engine-version.ts';
import type { CacheLimits } from '../eviction.ts';
import { USES_SEED } from './annotator.ts';
import type { HintOptions } from './hint.ts';
import type { Picture } from './picture.ts';
import type { ValueRange } from './read-network.ts';

/** Of all hints together: those of some long clips. */
const LIMITS: CacheLimits = { age: 30 * 24 * 60 * 60 * 1000, bytes: 2 * 2 ** 30 };

/** Lines become 30 times smaller, and photos half as large, in less time than reading them would take. */
const pack = promisify<Uint8Array, { level: number }, Buffer>(deflate);
const unpack = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflate);

/** Hints of ControlNet units on disk, by the contents of the picture and how they are made of it. */
export class HintCache {
  readonly #files: CachedFiles;

  /** @param folder absolute path; null: nothing is cached */
  constructor(folder: string | null) {
    this.#files = new CachedFiles({ folder, ending: HINT, limits: LIMITS, what: 'hints', keepsUsed: true });
  }

  /**
   * A hint that was kept; null if there is none.
   *
   * @param picture identifies the contents of the picture; null: they are not known
   */
  async get(picture: string | null, options: HintOptions): Promise<Picture | null> {
    if (picture === null) return null;
    const content = await this.#files.get(keyOf(picture, options));
    if (content === null) return null;
    const { width, height } = options;
    const length = width * height * 3;
    const data = await unpack(content, { maxOutputLength: length }).catch(() => null);
    // What has a checksum was written so: only another version of the engine may keep something else.
    return data?.length === length ? { width, height, channels: 3, data } : null;
  }

  /** @param hint 8-bit RGB at the size of the options */
  async put(picture: string | null, options: HintOptions, hint: Picture): Promise<void> {
    if (picture === null) return;
    await this.#files.put(keyOf(picture, options), await pack(hint.data, { level: constants.Z_BEST_SPEED }));
  }

  /** The scale of the depth maps of a whole clip; null if it is not kept. @param pictures identify their contents */
  async range(pictures: readonly (string | null)[], options: HintOptions): Promise<ValueRange | null> {
    if (pictures.includes(null)) return null;
    const content = await this.#files.get(rangeKey(pictures, options));
    if (content?.length !== RANGE_BYTES) return null;
    const view = new DataView(content.buffer, content.byteOffset, RANGE_BYTES);
    return { least: view.getFloat64(0), largest: view.getFloat64(RANGE_BYTES / 2) };
  }

  async putRange(pictures: readonly (string | null)[], options: HintOptions, range: ValueRange): Promise<void> {
    if (pictures.includes(null)) return;
    const view = new DataView(new ArrayBuffer(RANGE_BYTES));
    view.setFloat64(0, range.least);
    view.setFloat64(RANGE_BYTES / 2, range.largest);
    await this.#files.put(rangeKey(pictures, options), new Uint8Array(view.buffer));
  }

  /** Removes what is too old or too much, after hints were added. */
  evict(): Promise<void> {
    return this.#files.evict();
  }
}

/** Of two numbers of 64 bits. */
const RANGE_BYTES = 16;

const rangeKey = (pictures: readonly (string | null)[], options: HintOptions) =>
  JSON.stringify([ENGINE_VERSION, 'range', pictures, options]);

/** Everything that a hint depends on. */
function keyOf(picture: string, options: HintOptions): string {
  const { preprocessor, seed } = options;
  const sliders = isNetwork(preprocessor) ? {} : sliderValues(preprocessor, {});
  return JSON.stringify([
    ENGINE_VERSION,
    picture,
    { ...options, sliders, seed: USES_SEED.has(preprocessor) ? seed : null },
  ]);
}
