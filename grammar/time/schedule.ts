import { type MixKeyframe, mixFrames } from './mixing.ts';
import { type ClipTime, frameOf, parseHold } from './position.ts';

/** A number of the settings that may change over time: one value, or values at positions. */
export type TravellingNumber = number | Readonly<Record<string, number>>;

/**
 * The value in every frame: linear between positions, held before the first and after the last. A position beyond the
 * end is aimed at and never reached. Where two positions mean the same frame, the one that is written later counts.
 * @throws {RangeError} when a key is no position; the settings' schema lets none through
 */
export function valueOverTime(value: TravellingNumber, time: ClipTime): number[] {
  if (typeof value === 'number') return new Array<number>(time.frames).fill(value);
  const byFrame = new Map<number, { readonly keyframe: MixKeyframe; readonly value: number }>();
  for (const [position, there] of Object.entries(value)) {
    const hold = parseHold(position);
    if (!hold) throw new RangeError(`“${position}” is no position.`);
    const frame = Math.max(0, frameOf(hold.from, time));
    const holdEnd = hold.through ? Math.max(frame, frameOf(hold.through, time)) : frame;
    byFrame.set(frame, { keyframe: { frame, holdEnd, transition: { kind: 'linear' } }, value: there });
  }
  const keys = [...byFrame.values()].sort((a, b) => a.keyframe.frame - b.keyframe.frame);
  const mixes = mixFrames(
    keys.map(({ keyframe }) => keyframe),
    time.frames,
    false,
  );
  return mixes.map(({ from, to, t }) => keys[from]!.value * (1 - t) + keys[to]!.value * t);
}
