import { createHash } from 'node:crypto';
import { filmAlways, filmMemory, MOST_FRAME_BYTES } from '../../plan/memory.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import { gigabytes } from '../../plan/units.ts';
import { openWeights } from '../../weights/open.ts';
import { BoundedCache } from '../bounded-cache.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { isOutOfMemory } from '../failure.ts';
import { blended, repeated } from '../interpolation/mix.ts';
import { type Brightness, brightness, sceneCuts } from '../interpolation/scene-cuts.ts';
import { type Clip, type FramesBetween, withBetween } from '../media/frames.ts';
import { Film } from '../models/film/film.ts';
import { type Between, framesBetween } from '../models/film/gap.ts';
import { paddedSize, type Size } from '../models/film/pictures.ts';
import { betweenInTiles } from '../models/film/tiles.ts';
import { betweenCalls } from './between-calls.ts';
import type { PipelineContext } from './context.ts';

type Interpolation = NonNullable<TravelPlan['output']['interpolation']>;
type FilmInterpolation = Extract<Interpolation, { readonly method: 'film' }>;

/** Sides of FILM's tiles in pixels, in the order in which they are tried. */
const TILES = [1024, 768, 512, 384, 256] as const;

interface Gap {
  /** By position in the clip. */
  readonly position: number;
  /** Positions in the plan's frames. */
  readonly first: number;
  readonly last: number;
  readonly pictures: () => Promise<readonly [first: Uint8Array, last: Uint8Array]>;
  /** Equal for gaps between the same frames. */
  readonly key: string;
}

/**
 * A clip with the new frames of its plan. Gaps between equal frames repeat them, and so do those across a scene cut: the
 * cuts of the plan and, if it says so, those that the frames show.
 *
 * @param clip the frames of the plan, in the order in which they are shown
 */
export async function interpolateClip(
  clip: Clip,
  { output: { order, interpolation } }: Pick<TravelPlan, 'output'>,
  context: PipelineContext,
): Promise<Clip> {
  if (interpolation === null) return clip;
  const { count, closed } = interpolation;
  const gaps = Array.from({ length: closed ? clip.count : clip.count - 1 }, (_, position): Gap => {
    const next = (position + 1) % clip.count;
    const [first, last] = [order[position]!, order[next]!];
    const pictures = async () => [await clip.rgb(position), await clip.rgb(next)] as const;
    return { position, first, last, pictures, key: `${first}-${last}` };
  });
  const cuts = await cutsOf(gaps, clip, interpolation, context);
  const isCut = ({ position }: Gap) => cuts.has(position);
  const mixedGaps = gaps.filter((gap) => !isCut(gap) && gap.first !== gap.last);
  const mixed =
    interpolation.method === 'film'
      ? await filmGaps(mixedGaps, interpolation, clip, context)
      : blendedGaps(mixedGaps, count, context);
  const repeating =
    (gap: Gap): FramesBetween =>
    async () =>
      repeated(...(await gap.pictures()), count);
  return withBetween(
    clip,
    gaps.map((gap) => (isCut(gap) ? null : mixed.get(gap.key)) ?? repeating(gap)),
    count,
  );
}

async function cutsOf(
  gaps: readonly Gap[],
  { width }: Clip,
  { cuts, findCuts }: Interpolation,
  { info, signal }: Pick<PipelineContext, 'info' | 'signal'>,
): Promise<ReadonlySet<number>> {
  /** Of frames, by position in the plan. */
  const known = new Map<number, Brightness>();
  for (const { first, last, pictures } of findCuts ? gaps : []) {
    signal.throwIfAborted();
    if (known.has(first) && known.has(last)) continue;
    const [a, b] = await pictures();
    known.set(first, known.get(first) ?? brightness(a, width));
    known.set(last, known.get(last) ?? brightness(b, width));
  }
  const found = findCuts
    ? sceneCuts(gaps.map(({ first, last }) => [known.get(first)!, known.get(last)!] as const)).filter(
        ({ gap }) => !cuts.includes(gap),
      )
    : [];
  if (cuts.length > 0) info(`Interpolation: the cuts of the text after the shown frames ${cuts.join(', ')} are kept.`);
  for (const { gap, difference, usual } of found) {
    info(
      `Interpolation: frames are repeated after the shown frame ${gap}, which seems to be a scene cut: the next one differs by ` +
        `${difference.toFixed(0)} of 255, usually ${usual.toFixed(0)}. \`cuts: ignore\` interpolates there, too.`,
    );
  }
  return new Set([...cuts, ...found.map(({ gap }) => gap)]);
}

/** The new frames of each gap, by its key. They are made while they are written: faster than they could be saved. */
function blendedGaps(
  gaps: readonly Gap[],
  count: number,
  { signal }: Pick<PipelineContext, 'signal'>,
): ReadonlyMap<string, FramesBetween> {
  return new Map(
    gaps.map(({ key, pictures }) => [
      key,
      async () => {
        signal.throwIfAborted();
        return blended(...(await pictures()), count);
      },
    ]),
  );
}

/** The new frames of each gap, by its key. Those that the checkpoint has are not made again. */
async function filmGaps(
  gaps: readonly Gap[],
  plan: FilmInterpolation,
  size: Size,
  context: PipelineContext,
): Promise<ReadonlyMap<string, FramesBetween>> {
  const { progress, files, store, runtime, checkpoint } = context;
  const distinct = [...new Map(gaps.map((gap) => [gap.key, gap])).values()];
  const made = new Map<string, FramesBetween>();
  if (distinct.length === 0) return made;
  const total = distinct.length * plan.count;
  await files.use(plan.model);
  progress.begin('interpolate', 0, total);
  const film = await store.film.acquire({ files: [plan.model], options: { runtime } }, async () => {
    const opened = new Film(await openWeights(plan.model.path), runtime);
    await opened.checkWeights();
    return opened;
  });
  const pixels = size.height * size.width;
  const frames = 2 * gaps.length + total;
  const room = new FilmRoom(film.filters, paddedSize(size), filmAlways(frames, pixels), context);
  if (room.isScarce) {
    // Their sessions keep the memory of their runs.
    await store.unet.release();
    await store.vae.release();
  }
  const kept = new BoundedCache<string, Uint8Array>(() =>
    checkpoint.isSaving ? MOST_FRAME_BYTES : Number.POSITIVE_INFINITY,
  );
  const make = async (gap: Gap, report: FilmProgress) => {
    const frames = await room.run(
      (tile) => filmGap(gap, plan, size, tile, film, context, report),
      () => film.release(),
    );
    for (const [i, rgb] of frames.entries()) kept.set(`${gap.key} ${i}`, rgb);
    return frames;
  };
  const silent: FilmProgress = { resumed: () => undefined, made: () => undefined };
  for (const gap of distinct) {
    await make(gap, { resumed: () => progress.resume(plan.count, total), made: () => progress.advance(total) });
    made.set(gap.key, async () => {
      const frames = Array.from({ length: plan.count }, (_, i) => kept.get(`${gap.key} ${i}`));
      return frames.every((rgb) => rgb !== undefined) ? frames : make(gap, silent);
    });
  }
  return made;
}

/** Receives what becomes of a gap: its frames were saved before, or one of them was made. */
interface FilmProgress {
  readonly resumed: () => void;
  readonly made: () => void;
}

async function filmGap(
  { key, pictures }: Gap,
  { model, count, timed }: FilmInterpolation,
  size: Size,
  tile: number | null,
  film: Film,
  { checkpoint, signal, files }: PipelineContext,
  report: FilmProgress,
): Promise<readonly Uint8Array[]> {
  const identity = [model, count, timed, tile];
  const name = `${key}-${createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 16)}`;
  const saved = await savedFrames(checkpoint, name, count);
  if (saved) {
    report.resumed();
    return saved;
  }
  const part =
    (of: Size): Between =>
    async (a, b, time) => {
      await betweenCalls({ files, signal });
      return film.between(a, b, time, of);
    };
  const padded = paddedSize(size);
  const [first, last] = await pictures();
  const frames = await framesBetween(first, last, count, size, timed, async (a, b, time) => {
    const picture =
      tile === null ? await part(padded)(a, b, time) : await betweenInTiles(a, b, time, padded, tile, part);
    report.made();
    return picture;
  });
  for (const [i, rgb] of frames.entries()) await checkpoint.saveBetween(`${name}-${i}`, rgb);
  return frames;
}

/** All new frames of a gap, or null: each is made of others that are not rounded, so a part of them is of no use. */
async function savedFrames(checkpoint: Checkpoint, name: string, count: number): Promise<readonly Uint8Array[] | null> {
  const frames: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    const rgb = await checkpoint.between(`${name}-${i}`);
    if (!rgb) return null;
    frames.push(rgb);
  }
  return frames;
}

/** How FILM keeps within the memory of its device: whole pictures, or tiles of them. */
class FilmRoom {
  readonly #choices: readonly (number | null)[];
  readonly #needed: (tile: number | null) => number;
  readonly #warn: (line: string) => void;
  #choice: number;
  /** Whether other models should give their memory back. */
  readonly isScarce: boolean;

  constructor(
    filters: number,
    padded: Size,
    always: number,
    { memory, info, warn }: Pick<PipelineContext, 'memory' | 'info' | 'warn'>,
  ) {
    const side = Math.max(padded.height, padded.width);
    this.#choices = [null, ...TILES.filter((tile) => tile < side)];
    this.#needed = (tile) => {
      const [height, width] = [padded.height, padded.width].map((length) => Math.min(length, tile ?? length));
      return always + filmMemory(filters, height! * width!);
    };
    this.#warn = warn;
    const fitting = this.#choices.findIndex((tile) => memory === null || this.#needed(tile) <= memory);
    this.#choice = fitting === -1 ? this.#choices.length - 1 : fitting;
    this.isScarce = memory === null || 2 * this.#needed(this.#tile) > memory;
    const of = memory === null ? 'unknown' : gigabytes(memory);
    info(`Interpolation: about ${gigabytes(this.#needed(this.#tile))} of ${of}${tilesText(this.#tile)}`);
  }

  get #tile(): number | null {
    return this.#choices[this.#choice]!;
  }

  /** Runs a part of the work; if it runs out of memory, once more in smaller tiles. @param release frees the memory */
  async run<T>(work: (tile: number | null) => Promise<T>, release: () => Promise<void>): Promise<T> {
    try {
      return await work(this.#tile);
    } catch (error) {
      if (!isOutOfMemory(error) || this.#choice + 1 === this.#choices.length) throw error;
      this.#choice++;
      this.#warn(`The device ran out of memory. The interpolation goes on${tilesText(this.#tile)}.`);
      await release();
      return await this.run(work, release);
    }
  }
}

const tilesText = (tile: number | null) => (tile === null ? '' : `, in tiles of ${tile}×${tile}`);
