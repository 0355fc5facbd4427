import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { filmAlways, filmMemory } from '../../plan/memory.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import { gigabytes } from '../../plan/units.ts';
import { openWeights } from '../../weights/open.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { isOutOfMemory } from '../failure.ts';
import { blended, repeated } from '../interpolation/mix.ts';
import { sceneCuts } from '../interpolation/scene-cuts.ts';
import { type Clip, withBetween } from '../media/frames.ts';
import { Film } from '../models/film/film.ts';
import { type Between, framesBetween } from '../models/film/gap.ts';
import { paddedSize, type Size } from '../models/film/pictures.ts';
import { betweenInTiles } from '../models/film/tiles.ts';
import type { PipelineContext } from './context.ts';

type Interpolation = NonNullable<TravelPlan['output']['interpolation']>;
type FilmInterpolation = Extract<Interpolation, { readonly method: 'film' }>;

/** Sides of FILM's tiles in pixels, in the order in which they are tried. */
const TILES = [1024, 768, 512, 384, 256] as const;

interface Gap {
  /** By position in the clip. */
  readonly position: number;
  readonly first: Uint8Array;
  readonly last: Uint8Array;
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
    const key = `${order[position]}-${order[next]}`;
    return { position, first: clip.rgb(position), last: clip.rgb(next), key };
  });
  const cuts = cutsOf(gaps, clip, interpolation, context);
  const isCut = ({ position }: Gap) => cuts.has(position);
  const mixedGaps = gaps.filter((gap) => !isCut(gap) && gap.first !== gap.last);
  const mixed =
    interpolation.method === 'film'
      ? await filmGaps(mixedGaps, interpolation, clip, context)
      : new Map(mixedGaps.map(({ key, first, last }) => [key, blended(first, last, count)]));
  return withBetween(
    clip,
    gaps.map((gap) => (isCut(gap) ? null : mixed.get(gap.key)) ?? repeated(gap.first, gap.last, count)),
  );
}

function cutsOf(
  gaps: readonly Gap[],
  { width }: Clip,
  { cuts, findCuts }: Interpolation,
  { info }: Pick<PipelineContext, 'info'>,
): ReadonlySet<number> {
  const found = findCuts
    ? sceneCuts(
        gaps.map(({ first, last }) => [first, last] as const),
        width,
      ).filter(({ gap }) => !cuts.includes(gap))
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

/** The new frames of each gap, by its key. Those that the checkpoint has are not made again. */
async function filmGaps(
  gaps: readonly Gap[],
  plan: FilmInterpolation,
  size: Size,
  context: PipelineContext,
): Promise<ReadonlyMap<string, readonly Uint8Array[]>> {
  const { progress, files, store, runtime } = context;
  const distinct = [...new Map(gaps.map((gap) => [gap.key, gap])).values()];
  const made = new Map<string, readonly Uint8Array[]>();
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
  for (const gap of distinct) {
    made.set(
      gap.key,
      await room.run(
        (tile) => filmGap(gap, plan, size, tile, film, context, total),
        () => film.release(),
      ),
    );
  }
  return made;
}

async function filmGap(
  { key, first, last }: Gap,
  { model, count, timed }: FilmInterpolation,
  size: Size,
  tile: number | null,
  film: Film,
  { checkpoint, progress, signal, files }: PipelineContext,
  total: number,
): Promise<readonly Uint8Array[]> {
  const identity = [model, count, timed, tile];
  const name = `${key}-${createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 16)}`;
  const saved = await savedFrames(checkpoint, name, count);
  if (saved) {
    progress.resume(count, total);
    return saved;
  }
  const onStep = async () => {
    // Running a graph blocks the thread. This lets a cancel request in.
    await setImmediate();
    signal.throwIfAborted();
    await files.check();
  };
  const part =
    (of: Size): Between =>
    async (a, b, time) => {
      await onStep();
      return film.between(a, b, time, of);
    };
  const padded = paddedSize(size);
  const frames = await framesBetween(first, last, count, size, timed, async (a, b, time) => {
    const picture =
      tile === null ? await part(padded)(a, b, time) : await betweenInTiles(a, b, time, padded, tile, part);
    progress.advance(total);
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
