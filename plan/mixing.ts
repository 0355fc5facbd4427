import { type Easing, ease } from './easing.ts';

/** A keyframe at a frame of the clip. */
export interface MixKeyframe {
  readonly frame: number;
  /** Last frame of its hold; `frame` without a hold. */
  readonly holdEnd: number;
  /** The transition to this keyframe. */
  readonly transition: Easing;
}

/** Keyframes `from` and `to` (indices), mixed at t in [0, 1]. For a single keyframe, `from` is `to` and t is 0. */
export interface FrameMix {
  readonly from: number;
  readonly to: number;
  readonly t: number;
}

/**
 * The keyframes that each frame of a clip mixes (docs/language.md, “Between keyframes”). Frames before the first
 * keyframe and after the last one use that keyframe alone. In a closed clip, they mix the last keyframe with the first
 * instead, over the distance frames − end of the last hold + first frame. A curve that overshoots is clamped to [0, 1].
 *
 * @param keyframes at least one, in strictly ascending order of `frame`; a hold ends at the next keyframe or at the end
 * of the clip at the latest
 * @throws {RangeError} if there are no keyframes or their order is not ascending
 */
export function mixFrames(keyframes: readonly MixKeyframe[], frames: number, closed: boolean): FrameMix[] {
  const mixOf = frameMixer(keyframes, frames, closed);
  const mixes: FrameMix[] = [];
  for (let frame = 0; frame < frames; frame++) mixes.push(mixOf(frame));
  return mixes;
}

/** The same for single frames, 0 … `frames` − 1: quick in any order, and quickest in ascending order. */
export function frameMixer(
  keyframes: readonly MixKeyframe[],
  frames: number,
  closed: boolean,
): (frame: number) => FrameMix {
  const first = keyframes[0];
  const last = keyframes.at(-1);
  if (!first || !last) throw new RangeError('Mixing needs at least one keyframe.');
  for (let i = 1; i < keyframes.length; i++) {
    if (keyframes[i]!.frame <= keyframes[i - 1]!.frame) {
      throw new RangeError(`Keyframe ${keyframes[i]!.frame} follows ${keyframes[i - 1]!.frame}; sort them first.`);
    }
  }
  const lastIndex = keyframes.length - 1;
  const lastEnd = Math.min(last.holdEnd, frames - 1);
  const across = frames - lastEnd + first.frame;

  const acrossTheEnd = (sinceLastEnd: number, alone: number): FrameMix =>
    closed ? mixed(lastIndex, 0, first.transition, sinceLastEnd / across) : one(alone);

  /** The last keyframe that does not follow the frame that was asked for last; −1 before the first one. */
  let current = -1;
  return (frame) => {
    const follows = (index: number) => index <= lastIndex && keyframes[index]!.frame > frame;
    if ((current >= 0 && follows(current)) || (current + 2 <= lastIndex && !follows(current + 2))) {
      current = lastUpTo(keyframes, frame);
    } else if (current < lastIndex && !follows(current + 1)) current++;
    if (current < 0) return acrossTheEnd(frame + frames - lastEnd, 0);
    const { holdEnd } = keyframes[current]!;
    const next = keyframes[current + 1];
    if (frame <= holdEnd) return one(current);
    if (!next) return acrossTheEnd(frame - lastEnd, lastIndex);
    return mixed(current, current + 1, next.transition, (frame - holdEnd) / (next.frame - holdEnd));
  };
}

/** Index of the last keyframe that does not follow a frame, by binary search; −1 if all do. */
function lastUpTo(keyframes: readonly MixKeyframe[], frame: number): number {
  let low = 0;
  let high = keyframes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keyframes[middle]!.frame <= frame) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** A number of a frame that mixes two keyframes. @param t the share of the second one, in [0, 1] */
export function mixedNumber(from: number, to: number, t: number): number {
  return from * (1 - t) + to * t;
}

const one = (index: number): FrameMix => ({ from: index, to: index, t: 0 });

function mixed(from: number, to: number, transition: Easing, progress: number): FrameMix {
  const t = Math.min(1, Math.max(0, ease(transition, progress)));
  if (from === to || t === 0) return one(from);
  return t === 1 ? one(to) : { from, to, t };
}
