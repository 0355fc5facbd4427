import type { HintUnit, InputPicture } from '../../plan/clip-inputs.ts';
import { expectsEdges, mapOfModel } from '../../plan/control-maps.ts';
import { faultKey, type HintFault, hintKey } from '../../plan/empty-hints.ts';
import { picturesAsImages } from '../../plan/model-files.ts';
import type { HintOptions } from '../annotators/hint.ts';
import { HintCache } from '../annotators/hint-cache.ts';
import { hasDarkLines, isBlackAndWhite } from '../annotators/hints/dark-lines.ts';
import { noteHints } from '../annotators/note-hints.ts';
import { type Picture, planesOf } from '../annotators/picture.ts';
import type { ValueRange } from '../annotators/read-network.ts';
import { UnitAnnotator, type UnitPicture } from '../annotators/unit-annotator.ts';
import { planPictures } from '../inputs/pictures.ts';
import { SizeWarning } from '../inputs/size-warning.ts';
import { readWithAlpha } from '../media/read-image.ts';
import { FileHashes } from '../models/file-hashes.ts';
import { unchangedState } from '../models/model-files.ts';
import { betweenCalls } from './between-calls.ts';
import type { PipelineContext } from './context.ts';

type HintContext = Pick<PipelineContext, 'files' | 'signal' | 'cacheFolder' | 'warn' | 'info'>;

/** For each picture what is equal for pictures of equal contents; null: it cannot be read. */
export async function identifyPictures(
  pictures: readonly InputPicture[],
  { cacheFolder, signal }: Pick<HintContext, 'cacheFolder' | 'signal'>,
): Promise<(string | null)[]> {
  const files = new Map(pictures.map(({ file }) => [file.path, file]));
  const hashes = await new FileHashes(cacheFolder).of([...files.values()], signal);
  return pictures.map(({ file: { path }, shown }) => {
    const hash = hashes.get(path);
    return hash === undefined ? null : `${hash} ${JSON.stringify(shown ?? null)}`;
  });
}

/** What hints are made of: a part of `ClipInputs`. */
interface HintInputs {
  readonly pictures: readonly InputPicture[];
  readonly width: number;
  readonly height: number;
  /** Of annotators with a random result. */
  readonly seed: number;
}

/** A hint, with the pictures that it is of. */
interface MadeHint {
  readonly indices: readonly number[];
  /** 8-bit RGB at the size of the frame. */
  readonly hint: Picture;
  /** Whether it is black: nothing was found. */
  readonly isEmpty: boolean;
}

/** Makes hints from the pictures of a plan. Those that were made before come from the cache. */
export class HintMaker {
  readonly #inputs: HintInputs;
  readonly #context: HintContext;
  readonly #identities: readonly (string | null)[];
  readonly #byIdentity: ReadonlyMap<string, readonly number[]>;
  readonly #cache: HintCache;
  readonly #warned = new Set<string>();
  /** Pictures that stand for frames that cannot be decoded. */
  readonly #standIns = new Set<number>();
  /** Scales of clips, by the unit: those of the first pictures that were asked for. */
  readonly #ranges = new Map<HintUnit, ValueRange>();

  /** @param identities of the pictures, from `identifyPictures` */
  constructor(inputs: HintInputs, context: HintContext, identities: readonly (string | null)[]) {
    this.#inputs = inputs;
    this.#context = context;
    this.#identities = identities;
    this.#byIdentity = indicesByValue(identities);
    this.#cache = new HintCache(context.cacheFolder);
  }

  /**
   * The hints of pictures for a unit, as a ControlNet takes them.
   *
   * @param order receives the index of each picture before its hint
   * @param foundEmpty receives the index of each picture whose hint is black
   * @param onRead as of `hints`
   */
  async *each(
    unit: HintUnit,
    wanted: ReadonlySet<number>,
    order: number[],
    foundEmpty: (picture: number) => void,
    onRead?: (indices: readonly number[]) => void,
  ): AsyncGenerator<Float32Array> {
    for await (const { indices, hint, isEmpty } of this.hints(unit, wanted, onRead)) {
      const input = toInput(hint);
      for (const index of indices) {
        if (isEmpty) foundEmpty(index);
        order.push(index);
        yield input;
      }
    }
  }

  /**
   * The hints of pictures for a unit: first those of the cache, then those of image files.
   *
   * @param onRead called once for each picture whose hint was found or whose contents were annotated, before the hint
   *   itself if it depends on the others
   * @returns 8-bit RGB at the size of the frame, each with the pictures that it is of
   * @throws RenderError if a file has changed since it was planned, or cannot be used
   */
  async *hints(
    unit: HintUnit,
    wanted: ReadonlySet<number>,
    onRead: (indices: readonly number[]) => void = () => undefined,
  ): AsyncGenerator<MadeHint> {
    const noted: string[] = [];
    for await (const { indices, hint } of this.#hints(unit, wanted, onRead)) {
      const isEmpty = hint.data.every((value) => value === 0);
      const fault = faultOf(unit, hint);
      for (const index of isEmpty || fault ? indices.flatMap((each) => this.#sameAs(each)) : []) {
        const key = this.#keyOf(unit, index);
        if (isEmpty) noted.push(key);
        if (fault) noted.push(faultKey(fault, key));
      }
      yield { indices, hint, isEmpty };
    }
    await this.#note(noted);
  }

  /** The picture, and those of equal contents: a render asks for one of them, and the editor for each. */
  #sameAs(index: number): readonly number[] {
    const identity = this.#identities[index] ?? null;
    return identity === null ? [index] : this.#byIdentity.get(identity)!;
  }

  #keyOf(unit: HintUnit, index: number): string {
    return hintKey(unit, this.#inputs.pictures[index]!, this.#inputs);
  }

  async *#hints(
    unit: HintUnit,
    wanted: ReadonlySet<number>,
    onRead: (indices: readonly number[]) => void,
  ): AsyncGenerator<Omit<MadeHint, 'isEmpty'>> {
    const options = await this.#optionsOf(unit);
    const isOfClip = unit.normalise === 'clip';
    const identities = [...wanted].map((index) => this.#identities[index]!);
    const known = isOfClip ? (this.#ranges.get(unit) ?? (await this.#cache.range(identities, options))) : null;
    if (known) this.#ranges.set(unit, known);
    const missing = new Set<number>();
    for (const index of wanted) {
      const hint = isOfClip && !known ? null : await this.#cached(unit, index, withRange(options, known));
      if (!hint) {
        missing.add(index);
        continue;
      }
      onRead([index]);
      yield { indices: [index], hint };
    }
    if (missing.size === 0) return;
    await using annotator = await UnitAnnotator.open(unit, options);
    try {
      // They may be read twice, and be those of several units.
      const sizes = new SizeWarning(missing.size, (line) => this.#warnOnce(line));
      const pictures = (some: ReadonlySet<number> = missing) => this.#pictures(some, sizes);
      for await (const { indices, hint, range } of annotator.hints({ pictures, range: known, onRead })) {
        if (range && !this.#ranges.has(unit)) {
          this.#ranges.set(unit, range);
          await this.#cache.putRange(identities, options, range);
        }
        for (const index of indices) {
          if (this.#standIns.has(index)) continue;
          await this.#cache.put(this.#identities[index]!, withRange(options, range), hint);
        }
        this.#check(unit, hint, this.#inputs.pictures[indices[0]!]!.file.path);
        yield { indices, hint };
      }
    } finally {
      await this.#cache.evict();
    }
  }

  /** Keeps which hints are black or have a fault, for the editor, which only reports them: a render does not depend on it. */
  async #note(keys: readonly string[]): Promise<void> {
    const { cacheFolder, info } = this.#context;
    await noteHints(cacheFolder, keys).catch((error: Error) => info(`Black hints cannot be noted: ${error.message}`));
  }

  #warnOnce(line: string): void {
    if (!this.#warned.has(line)) this.#context.warn(line);
    this.#warned.add(line);
  }

  /** First those of image files, then those of videos. */
  async *#pictures(wanted: ReadonlySet<number>, sizes: SizeWarning): AsyncGenerator<UnitPicture> {
    const { pictures } = this.#inputs;
    for (const index of wanted) {
      const { file, shown } = pictures[index]!;
      if (shown) continue;
      await betweenCalls(this.#context);
      await unchangedState(file);
      const picture = await readWithAlpha(file.path);
      sizes.read(file.path, picture);
      yield { indices: [index], picture };
    }
    const inVideos = new Set([...wanted].filter((index) => pictures[index]!.shown));
    if (inVideos.size === 0) return;
    for await (const frame of planPictures(picturesAsImages(pictures), inVideos, null, this.#context)) {
      await betweenCalls(this.#context);
      const { indices, rgb, width, height, standsIn } = frame;
      if (standsIn) for (const index of indices) this.#standIns.add(index);
      // Without a preprocessor, the hint may be the picture itself, and hints stay valid.
      yield { indices, picture: { width, height, channels: 3, data: new Uint8Array(rgb) } };
    }
  }

  async #cached(unit: HintUnit, index: number, options: HintOptions): Promise<Picture | null> {
    const { file } = this.#inputs.pictures[index]!;
    const hint = await this.#cache.get(this.#identities[index]!, options);
    if (!hint) return null;
    this.#context.signal.throwIfAborted();
    await unchangedState(file);
    this.#check(unit, hint, file.path);
    return hint;
  }

  async #optionsOf({ preprocessor, resize, networks }: HintUnit): Promise<HintOptions> {
    const { width, height, seed } = this.#inputs;
    const { cacheFolder, signal } = this.#context;
    const hashes = networks && (await new FileHashes(cacheFolder).of(networks, signal));
    return {
      ...{ preprocessor, resize, width, height, seed },
      ...(networks && { networks: networks.map(({ path }) => hashes!.get(path) ?? path) }),
    };
  }

  /** Warns of a hint with a fault. Once for each unit: the images of a folder are alike. */
  #check(unit: HintUnit, hint: Picture, path: string): void {
    const { name } = unit;
    const fault = this.#warned.has(name) ? null : faultOf(unit, hint);
    if (fault === null) return;
    this.#warned.add(name);
    const advice =
      fault === 'dark-lines'
        ? `has dark lines on white, but ${name} was trained with white lines on black. Set \`preprocessor: invert\`.`
        : `is not black and white, but ${name} was trained with white edges on black. If it is a photo or a frame, set \`preprocessor: canny\`.`;
    this.#context.warn(`${path} ${advice}`);
  }
}

function indicesByValue(values: readonly (string | null)[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const [index, value] of values.entries()) {
    if (value === null) continue;
    const indices = found.get(value);
    if (indices) indices.push(index);
    else found.set(value, [index]);
  }
  return found;
}

/** What a hint that is an image of the user's should not be. */
function faultOf({ name, preprocessor }: HintUnit, hint: Picture): HintFault | null {
  if (preprocessor !== 'none' || mapOfModel(name) !== 'lines') return null;
  if (hasDarkLines(hint)) return 'dark-lines';
  return expectsEdges(name) && !isBlackAndWhite(hint) ? 'not-edges' : null;
}

/** Hints of another clip have another scale. */
const withRange = (options: HintOptions, range: ValueRange | null): HintOptions =>
  range ? { ...options, range } : options;

/** 8-bit RGB `[height, width, 3]` as `[3, height, width]`, values from 0 to 1. */
const toInput = (hint: Picture): Float32Array => planesOf(hint, (value) => value / 255);
