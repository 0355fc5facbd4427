import { type Easing, ease } from './easing.ts';

/** A keyframe on the clip's own frames. */
export interface MixKeyframe {
  readonly frame: number;
  /** Last frame of its hold, ≥ `frame`; `frame` where it holds nothing. */
  readonly holdEnd: number;
  /** How the animation arrives here. */
  readonly transition: Easing;
}

/** Keyframes `from` and `to` (indices) mixed at t in [0, 1]; where one alone counts, `from` is `to` and t is 0. */
export interface FrameMix {
  readonly from: number;
  readonly to: number;
  readonly t: number;
}

/**
 * What every frame of a clip is mixed from (the language's page, §1 Mixing). Before the first keyframe and after the
 * last one it stands alone; in a closed clip the two are mixed across the end instead, over the distance
 * frames − end of the last hold + first frame. A curve that overshoots is cut at 0 and 1: there is no prompt beyond.
 *
 * @param keyframes at least one, in strictly ascending order of `frame`; a hold that reaches into the next keyframe ends
 * there, one past the end of the clip ends with it
 * @throws {RangeError} when there is no keyframe or the order is not ascending
 */
export function mixFrames(keyframes: readonly MixKeyframe[], frames: number, closed: boolean): FrameMix[] {
  const first = keyframes[0];
  const last = keyframes.at(-1);
  if (!first || !last) throw new RangeError('There is no keyframe to mix.');
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

  const mixes: FrameMix[] = [];
  let current = -1;
  for (let x = 0; x < frames; x++) {
    while (current < lastIndex && keyframes[current + 1]!.frame <= x) current++;
    if (current < 0) {
      mixes.push(acrossTheEnd(x + frames - lastEnd, 0));
      continue;
    }
    const { holdEnd } = keyframes[current]!;
    const next = keyframes[current + 1];
    if (x <= holdEnd) mixes.push(one(current));
    else if (!next) mixes.push(acrossTheEnd(x - lastEnd, lastIndex));
    else mixes.push(mixed(current, current + 1, next.transition, (x - holdEnd) / (next.frame - holdEnd)));
  }
  return mixes;
}

const one = (index: number): FrameMix => ({ from: index, to: index, t: 0 });

function mixed(from: number, to: number, transition: Easing, progress: number): FrameMix {
  const t = Math.min(1, Math.max(0, ease(transition, progress)));
  if (from === to || t === 0) return one(from);
  return t === 1 ? one(to) : { from, to, t };
}
