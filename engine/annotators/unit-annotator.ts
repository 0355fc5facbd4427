import type { HintUnit } from '../../plan/clip-inputs.ts';
import { isNetwork, type NetworkAnnotatorName } from '../../plan/network-annotators.ts';
import { framedHint, type HintOptions, hintOf, resolutionFor } from './hint.ts';
import { type OwnedNetwork, openNetwork } from './open-network.ts';
import type { Picture } from './picture.ts';
import { commonRange, type NetworkReading, readNetwork, type ValueRange } from './read-network.ts';
import { toRgb } from './to-rgb.ts';

/** A hint, with the pictures that it is of. */
export interface UnitHint {
  readonly indices: readonly number[];
  readonly hint: Picture;
  /** Black and white of a depth map with the scale of the clip; else null. */
  readonly range: ValueRange | null;
}

/** A picture of a plan, with the indices that it has there. */
export interface UnitPicture {
  readonly indices: readonly number[];
  /** Gray, RGB, or RGB and alpha, of any size. */
  readonly picture: Picture;
}

/** Of what networks read in pictures of a clip with one scale, until the scale is known. Other pictures are read twice. */
const MOST_READING_BYTES = 2 ** 28;

/** What the hints of a unit are made of. */
export interface HintSource {
  /** Reads its pictures, or those that are wanted, in the same order each time. @param wanted indices in the plan */
  readonly pictures: (wanted?: ReadonlySet<number>) => AsyncIterable<UnitPicture>;
  /** The scale of the clip, if it is known already. */
  readonly range: ValueRange | null;
  /** Called after each picture that was annotated. */
  readonly onRead: (indices: readonly number[]) => void;
}

/** Makes the hints of a ControlNet unit, with the networks that its preprocessor needs. */
export class UnitAnnotator {
  readonly #unit: HintUnit;
  readonly #options: HintOptions;
  readonly #networks: readonly OwnedNetwork[];

  private constructor(unit: HintUnit, options: HintOptions, networks: readonly OwnedNetwork[]) {
    this.#unit = unit;
    this.#options = options;
    this.#networks = networks;
  }

  /** @throws BadModelError if a network cannot be used; RenderError if its file has changed since it was planned */
  static async open(unit: HintUnit, options: HintOptions): Promise<UnitAnnotator> {
    const { preprocessor } = options;
    const networks: OwnedNetwork[] = [];
    try {
      if (isNetwork(preprocessor)) {
        for (const file of unit.networks ?? []) networks.push(await openNetwork(preprocessor, file));
      }
    } catch (error) {
      for (const network of networks) await network.release();
      throw error;
    }
    return new UnitAnnotator(unit, options, networks);
  }

  /**
   * The hints of pictures: each after its picture or, with the scale of the whole clip, after all of them.
   *
   * @returns 8-bit RGB at the size of the frame, each with the scale of the clip if it has that
   */
  async *hints(source: HintSource): AsyncGenerator<UnitHint> {
    const options = this.#options;
    const { preprocessor } = options;
    if (!isNetwork(preprocessor)) {
      for await (const { indices, picture } of source.pictures()) {
        const hint = hintOf(picture, { ...options, preprocessor });
        source.onRead(indices);
        yield { indices, hint, range: null };
      }
      return;
    }
    if (this.#unit.normalise === 'clip' && source.range === null) {
      yield* this.#ofClip(preprocessor, source);
      return;
    }
    for await (const { indices, picture } of source.pictures()) {
      const reading = await this.#read(preprocessor, picture);
      source.onRead(indices);
      yield { indices, hint: framedHint(reading.hint(source.range), options), range: source.range };
    }
  }

  /** With the scale of the clip, which is known after all pictures. */
  async *#ofClip(preprocessor: NetworkAnnotatorName, { pictures, onRead }: HintSource): AsyncGenerator<UnitHint> {
    const options = this.#options;
    const kept: { readonly indices: readonly number[]; readonly reading: NetworkReading }[] = [];
    const others = new Set<number>();
    let range: ValueRange | null = null;
    let bytes = 0;
    for await (const { indices, picture } of pictures()) {
      const reading = await this.#read(preprocessor, picture);
      onRead(indices);
      range = commonRange([{ range }, reading]);
      bytes += reading.bytes;
      if (bytes <= MOST_READING_BYTES) kept.push({ indices, reading });
      else for (const index of indices) others.add(index);
    }
    for (const { indices, reading } of kept) yield { indices, hint: framedHint(reading.hint(range), options), range };
    kept.length = 0;
    if (others.size === 0) return;
    for await (const { indices, picture } of pictures(others)) {
      const reading = await this.#read(preprocessor, picture);
      yield { indices, hint: framedHint(reading.hint(range), options), range };
    }
  }

  #read(preprocessor: NetworkAnnotatorName, picture: Picture): Promise<NetworkReading> {
    return readNetwork(preprocessor, this.#networks, toRgb(picture), resolutionFor(picture, this.#options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const network of this.#networks) await network.release();
  }
}
