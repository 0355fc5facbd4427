import { type Easing, NAMED_EASINGS, parseEasing } from '../../plan/easing.ts';
import type { MixKeyframe } from '../../plan/mixing.ts';

export interface ReversedKey {
  /** Index of the keyframe in the original clip. */
  readonly from: number;
  readonly frame: number;
  /** Last frame of the hold that has to be written; `frame` without one. */
  readonly holdEnd: number;
  /** Index of the keyframe whose transition, reversed, leads to this one. */
  readonly arrivesAs: number;
}

export interface ReversedClip {
  readonly frames: number;
  /** Whether the last keyframe travels to the first one, as for `mixFrames`. */
  readonly closed: boolean;
  /** Whether holds can be written. Without them, frames before the first keyframe have its prompt. */
  readonly hasHolds: boolean;
}

/**
 * The keyframes of a clip that plays backward, in its order: frame x mixes what frame `frames` − 1 − x mixed. The
 * transition from a to b becomes the one from b to a. Where b cuts in, a is held until then, so the reversed a starts
 * there. In an open clip, the first and the last keyframe are held to the ends.
 *
 * @param keyframes as for `mixFrames`; no hold reaches the next keyframe or the end
 * @returns null if a cut is across the end of a closed clip, in its middle
 */
export function reversedKeys(
  keyframes: readonly MixKeyframe[],
  { frames, closed, hasHolds }: ReversedClip,
): ReversedKey[] | null {
  const last = frames - 1;
  const first = keyframes[0]!;
  const cutsAcross = closed && first.transition.kind === 'cut';
  if (cutsAcross && first.frame > 0) return null;
  const endOf = (i: number) => {
    const next = keyframes[i + 1];
    if (next) return next.transition.kind === 'cut' ? next.frame - 1 : keyframes[i]!.holdEnd;
    return cutsAcross || (!closed && hasHolds) ? last : keyframes[i]!.holdEnd;
  };
  const reversed = keyframes
    .map((keyframe, i): ReversedKey => {
      const arrivesAs = (i + 1) % keyframes.length;
      return { from: i, frame: last - endOf(i), holdEnd: last - keyframe.frame, arrivesAs };
    })
    .reverse();
  return reversed.map((key, i) => {
    const next = reversed[i + 1];
    const isHeldAnyway = next ? keyframes[next.arrivesAs]!.transition.kind === 'cut' : !closed || cutsAcross;
    return isHeldAnyway ? { ...key, holdEnd: key.frame } : key;
  });
}

/** Decimals of numbers that were calculated. */
const DECIMALS = 12;

/**
 * The transition of a gap that is passed in the other direction, as it is written; null: the one of the settings.
 *
 * @param written null if the settings decide
 * @param byDefault the transition of the settings
 */
export function reversedTransition(written: string | null, byDefault: string): string | null {
  const text = reversedEasing(written ?? byDefault);
  return written === null && text === byDefault ? null : text;
}

/** Passed in the other direction, a change that starts slowly ends slowly: 1 − ease(1 − t). */
function reversedEasing(text: string): string {
  const parsed = parseEasing(text);
  if (!parsed.ok || parsed.easing.kind !== 'bezier') return text;
  const { x1, y1, x2, y2 } = parsed.easing;
  const numbers = [1 - x2, 1 - y2, 1 - x1, 1 - y1].map((value) => value.toFixed(DECIMALS).replace(/\.?0+$/, ''));
  const [a, b, c, d] = numbers.map(Number) as [number, number, number, number];
  const reversed: Easing = { kind: 'bezier', x1: a, y1: b, x2: c, y2: d };
  if (isSame(reversed, parsed.easing)) return text;
  const named = [...NAMED_EASINGS].find(([, easing]) => isSame(easing, reversed));
  return named?.[0] ?? `cubic-bezier(${numbers.map((number) => (number === '-0' ? '0' : number)).join(', ')})`;
}

function isSame(a: Easing, b: Easing): boolean {
  return a.kind === 'bezier' && b.kind === 'bezier' && a.x1 === b.x1 && a.y1 === b.y1 && a.x2 === b.x2 && a.y2 === b.y2;
}
