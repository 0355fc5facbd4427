import type { InputPicture } from '../../plan/clip-inputs.ts';
import { MOST_HINT_BYTES } from '../../plan/memory.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import { BoundedCache } from '../bounded-cache.ts';
import type { UNet } from '../models/unet/unet.ts';
import { VAE_FACTOR } from '../models/vae/vae-factor.ts';
import { OneAtATime } from '../one-at-a-time.ts';
import type { HintMaker } from './hint-maker.ts';

/** What hints are embedded for. */
interface HintPlan {
  readonly units: NonNullable<TravelPlan['control']>['units'];
  /** Indices of the pictures that each unit uses. */
  readonly used: readonly (readonly number[])[];
  /** Paths of the ControlNets. */
  readonly models: readonly string[];
  readonly pictures: readonly InputPicture[];
  /** From `identifyPictures`. */
  readonly identities: readonly (string | null)[];
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/**
 * The embedded hints of a clip. Each picture is annotated and embedded once, however many frames and units have it;
 * pictures of equal contents are one. As many as fit are kept; others are embedded again when a window needs them.
 */
export class EmbeddedHints {
  readonly #plan: HintPlan;
  readonly #unet: Pick<UNet, 'embedHints'>;
  readonly #maker: Pick<HintMaker, 'each'>;
  /** By the ControlNet and what the hint is made of. */
  readonly #kept: BoundedCache<string, Float32Array>;
  readonly #seen = new Set<string>();
  readonly #empty = new Set<string>();
  /** Windows may be computed at the same time. */
  readonly #turns = new OneAtATime();

  /** @param mostBytes that are kept */
  constructor(
    plan: HintPlan,
    unet: Pick<UNet, 'embedHints'>,
    maker: Pick<HintMaker, 'each'>,
    mostBytes = MOST_HINT_BYTES,
  ) {
    this.#plan = plan;
    this.#unet = unet;
    this.#maker = maker;
    this.#kept = new BoundedCache(() => mostBytes);
  }

  /**
   * Makes all hints, so that nothing is found wrong with them while the clip is sampled.
   *
   * @param onHint called for each picture of each unit
   */
  async prepare(onHint: () => void): Promise<void> {
    for (const [unit, pictures] of this.#plan.used.entries()) {
      const missing = new Map(pictures.map((picture) => [this.#keyOf(unit, picture), picture]));
      for (const key of this.#seen) missing.delete(key);
      for (let i = missing.size; i < pictures.length; i++) onHint();
      await this.#embed(unit, missing, (key, hint) => this.#kept.set(key, hint), onHint);
      for (const key of missing.keys()) this.#seen.add(key);
    }
  }

  /** Whether the hint of a picture is black. */
  isEmpty(unit: number, picture: number): boolean {
    return this.#empty.has(this.#keyOf(unit, picture));
  }

  /** What `UNetControl` takes, in the order of the pictures. */
  of(unit: number, pictures: readonly number[]): Promise<Float32Array[]> {
    return this.#turns.run(() => this.#of(unit, pictures));
  }

  async #of(unit: number, pictures: readonly number[]): Promise<Float32Array[]> {
    const found = new Map<string, Float32Array>();
    const missing = new Map<string, number>();
    const keys = pictures.map((picture) => this.#keyOf(unit, picture));
    for (const [i, key] of keys.entries()) {
      const hint = found.get(key) ?? this.#kept.get(key);
      if (hint) found.set(key, hint);
      else missing.set(key, pictures[i]!);
    }
    await this.#embed(unit, missing, (key, hint) => {
      found.set(key, hint);
      this.#kept.set(key, hint);
    });
    return keys.map((key) => found.get(key)!);
  }

  /** @param onRead called for each picture when the part of its hint that takes time is done */
  async #embed(
    unit: number,
    missing: ReadonlyMap<string, number>,
    take: (key: string, hint: Float32Array) => void,
    onRead: () => void = () => undefined,
  ): Promise<void> {
    if (missing.size === 0) return;
    const { units, models, width, height } = this.#plan;
    const keys = new Map([...missing].map(([key, picture]) => [picture, key]));
    /** In the order in which their hints are made. */
    const order: number[] = [];
    const hints = this.#maker.each(
      units[unit]!,
      new Set(missing.values()),
      order,
      (picture) => this.#empty.add(keys.get(picture)!),
      (indices) => {
        for (const _ of indices) onRead();
      },
    );
    let next = 0;
    const size = { height: height / VAE_FACTOR, width: width / VAE_FACTOR };
    await this.#unet.embedHints(models.indexOf(units[unit]!.file.path), hints, size, (hint) =>
      take(keys.get(order[next++]!)!, hint),
    );
  }

  #keyOf(unit: number, picture: number): string {
    const { units, models, identities, pictures } = this.#plan;
    const { file, preprocessor, resize, normalise } = units[unit]!;
    return JSON.stringify([
      ...[models.indexOf(file.path), identities[picture] ?? pictures[picture], preprocessor, resize],
      // The scale of the clip is that of the unit's own pictures.
      normalise === 'clip' ? unit : null,
    ]);
  }
}
