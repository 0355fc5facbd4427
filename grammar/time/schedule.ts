import { type MixKeyframe, mixedNumber, mixFrames } from '../../plan/mixing.ts';
import { type ClipTime, frameOf, parseHold } from './position.ts';

/** A numeric setting that can change over time: one value, or values at positions. */
export type TravellingNumber = number | Readonly<Record<string, number>>;

/** A value at a position, up to the last frame of its hold. */
export interface KeyOverTime {
  readonly frame: number;
  readonly holdEnd: number;
  readonly value: number;
}

/**
 * The values of a number that changes over time, by frame, ascending. If two positions are at the same frame, the later
 * one in the file wins.
 *
 * @throws {RangeError} if a key is not a position, which the schema of the settings rules out
 */
export function keysOverTime(value: Exclude<TravellingNumber, number>, time: ClipTime): KeyOverTime[] {
  const byFrame = new Map<number, KeyOverTime>();
  for (const [position, there] of Object.entries(value)) {
    const hold = parseHold(position);
    if (!hold) throw new RangeError(`“${position}” is not a valid position.`);
    const frame = Math.max(0, frameOf(hold.from, time));
    const holdEnd = hold.through ? Math.max(frame, frameOf(hold.through, time)) : frame;
    byFrame.set(frame, { frame, holdEnd, value: there });
  }
  return [...byFrame.values()].sort((a, b) => a.frame - b.frame);
}

/**
 * The value at every frame: linear between positions, constant before the first and after the last. A position past the
 * end determines the slope but is never reached. If two positions are at the same frame, the later one in the file
 * wins.
 *
 * @throws {RangeError} if a key is not a position, which the schema of the settings rules out
 */
export function valueOverTime(value: TravellingNumber, time: ClipTime): number[] {
  if (typeof value === 'number') return new Array<number>(time.frames).fill(value);
  const keys = keysOverTime(value, time);
  const linear = keys.map(({ frame, holdEnd }): MixKeyframe => ({ frame, holdEnd, transition: { kind: 'linear' } }));
  const mixes = mixFrames(linear, time.frames, false);
  return mixes.map(({ from, to, t }) => mixedNumber(keys[from]!.value, keys[to]!.value, t));
}
