import { z } from 'zod';
import { roundHalfEven } from './round-half-even.ts';

const common = {
  /** New frames in each gap. */
  count: z.int().min(1).max(1000),
  /** Whether there is a gap from the last frame to the first, too. */
  closed: z.boolean(),
  /** Gaps whose frames are of different scenes: the frames are repeated there, not mixed. By position in `order`. */
  cuts: z.array(z.int().nonnegative()),
  /** Whether such gaps are also looked for in the frames. */
  findCuts: z.boolean(),
};

/** New frames between those that are shown, gap by gap. @param file how the plan names a file */
export const interpolationOf = <File extends z.ZodType>(file: File) =>
  z.discriminatedUnion('method', [
    /** Both frames mixed linearly. */
    z.strictObject({ method: z.literal('blend'), ...common }),
    z.strictObject({
      method: z.literal('film'),
      model: file,
      /** Whether the network gets the time of a frame; otherwise each is in the middle of its neighbors. */
      timed: z.boolean(),
      ...common,
    }),
  ]);

type Common = { readonly [Key in keyof typeof common]: z.infer<(typeof common)[Key]> };

interface Shown {
  readonly order: readonly number[];
  readonly interpolation: Pick<Common, 'count' | 'closed'> | null;
}

/** Frames of the clip that is written: those in `order`, and the new ones. */
export const shownFrames = ({ order, interpolation }: Shown): number =>
  order.length + (interpolation === null ? 0 : gapsOf(order.length, interpolation) * interpolation.count);

/** Gaps between `frames` frames. */
export const gapsOf = (frames: number, { closed }: Pick<Common, 'closed'>): number => (closed ? frames : frames - 1);

/** How many frames of the written clip take the time of one in `order`. */
export const picturesPerFrame = ({ interpolation }: Pick<Shown, 'interpolation'>): number =>
  (interpolation?.count ?? 0) + 1;

/**
 * How many frames sd-webui-animatediff inserts into each gap for its “Interp X” (Deforum's frame_interpolation.py): the
 * goal is X times as many frames, rounded. A single frame has no gap.
 */
export function webuiInBetweens(frames: number, x: number): number {
  return frames < 2 ? 0 : roundHalfEven((frames * x - frames) / (frames - 1));
}

/** The Interp X that makes `x` new frames in each gap of so many. */
export function interpXFor(x: number, frames: number): number | null {
  if (frames < 2) return null;
  const all = Array.from({ length: x + 2 }, (_, i) => i + 1);
  return all.findLast((interpX) => webuiInBetweens(frames, interpX) === x) ?? x + 1;
}
