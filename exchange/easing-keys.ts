import { type Easing, ease } from '../plan/easing.ts';
import type { ClipView, ViewKey } from './view.ts';

/** A point of a transition at which one of its two prompts is written. */
export interface Knot {
  /** Frames after the start of the transition. */
  readonly at: number;
  /** The share of the second prompt. */
  readonly share: 0 | 1;
}

/**
 * A transition as lines between points at which one of its prompts is alone: of all such lines, those whose largest
 * difference is the smallest, with as few points as possible. Tools that mix in a line between keyframes cannot come
 * closer, because a keyframe holds one prompt.
 *
 * @param shares of the second prompt at each frame of the transition: 0 at its first frame, 1 at its last
 */
export function knotsOf(shares: readonly number[]): Knot[] {
  const places = placesIn(shares.length - 1);
  // Two states a place: even ones have the first prompt there, odd ones the second.
  const end = 2 * places.length - 1;
  const knotOf = (state: number): Knot => ({ at: places[state >> 1]!, share: state % 2 === 0 ? 0 : 1 });
  const differences = places.map((_, to) =>
    places.slice(0, to).map((__, from) =>
      [0, 1, 2, 3].map((pair) => {
        const [a, b] = [knotOf(2 * from + (pair >> 1)), knotOf(2 * to + (pair % 2))];
        return largest(places.slice(from, to + 1), (at) => Math.abs(shares[at]! - shareAt(a, b, at)));
      }),
    ),
  );
  /** Of the line between two states, the second one at a later place. */
  const differenceOf = (from: number, to: number) => differences[to >> 1]![from >> 1]![2 * (from % 2) + (to % 2)]!;
  const least = leastOf(end, (known, from, to) => Math.max(known, differenceOf(from, to))).values[end]!;
  const fewest = leastOf(end, (known, from, to) =>
    differenceOf(from, to) <= least + SAME ? known + 1 : Number.POSITIVE_INFINITY,
  );
  const states: number[] = [];
  for (let state: number | undefined = end; state !== undefined; state = fewest.before[state]) states.unshift(state);
  return states.map(knotOf);
}

/** Rounding of doubles. */
const SAME = 1e-9;

/** More change a transition by less than 1 %, and their cost grows with the third power. */
const MOST_PLACES = 64;

/** The frames of a transition at which a prompt may be written: all, or some that are evenly spread. */
function placesIn(length: number): number[] {
  const count = Math.min(length, MOST_PLACES);
  return Array.from({ length: count + 1 }, (_, i) => Math.round((i * length) / count));
}

/**
 * The least cost of every state from state 0 on, and the state before each.
 *
 * @param cost of a state that is reached from another one with a known cost
 */
function leastOf(end: number, cost: (known: number, from: number, to: number) => number) {
  const values = [0, Number.POSITIVE_INFINITY];
  const before: (number | undefined)[] = [undefined, undefined];
  for (let to = 2; to <= end; to++) {
    values[to] = Number.POSITIVE_INFINITY;
    for (let from = 0; from < to - (to % 2); from++) {
      const value = cost(values[from]!, from, to);
      if (value < values[to]!) {
        values[to] = value;
        before[to] = from;
      }
    }
  }
  return { values, before };
}

const largest = <T>(items: readonly T[], measure: (item: T) => number) =>
  items.reduce((most, item) => Math.max(most, measure(item)), 0);

const shareAt = (a: Knot, b: Knot, at: number) => a.share + ((b.share - a.share) * (at - a.at)) / (b.at - a.at);

/** The largest difference of a transition from the lines between its knots, at any frame. */
function differenceFrom(knots: readonly Knot[], shares: readonly number[]): number {
  return largest([...knots.entries()].slice(1), ([i, knot]) => {
    const before = knots[i - 1]!;
    const frames = Array.from({ length: knot.at - before.at + 1 }, (_, i) => before.at + i);
    return largest(frames, (at) => Math.abs(shares[at]! - shareAt(before, knot, at)));
  });
}

/**
 * A clip in which eased transitions are linear ones between further keyframes. `easedWithin` of the result is the largest
 * difference of a prompt's share in any frame.
 */
export function withEasingAsKeys(view: ClipView): ClipView {
  const { keys, isClosed, settings } = view;
  const pieces: ViewKey[] = [];
  let easedWithin = 0;
  /** @param start and end may be after the end of the clip, which goes on at its start then */
  const add = (key: ViewKey, start: number, end: number, transition: Easing) => {
    for (const shift of [0, settings.frames]) {
      const [frame, holdEnd] = [Math.max(0, start - shift), Math.min(end - shift, settings.frames - 1)];
      if (frame <= holdEnd) pieces.push({ ...key, frame, holdEnd, transition });
    }
  };
  const holdEndOf = (i: number) => Math.min(keys[i]!.holdEnd, (keys[i + 1]?.frame ?? Number.POSITIVE_INFINITY) - 1);
  for (const [i, key] of keys.entries()) add(key, key.frame, holdEndOf(i), linearFor(key.transition));
  for (const [i, key] of keys.entries()) {
    const isLast = i === keys.length - 1;
    const next = isLast ? keys[0]! : keys[i + 1]!;
    if (next.transition.kind !== 'bezier' || (isLast && !isClosed)) continue;
    const target = isLast ? settings.frames + next.frame : next.frame;
    const start = holdEndOf(i);
    const shares = Array.from({ length: target - start + 1 }, (_, at) =>
      Math.min(1, Math.max(0, ease(next.transition, at / (target - start)))),
    );
    const knots = knotsOf(shares);
    easedWithin = Math.max(easedWithin, differenceFrom(knots, shares));
    for (const { share, at, to } of runsOf(knots)) {
      add(share === 0 ? key : next, start + at, start + to, { kind: 'linear' });
    }
  }
  return { ...view, keys: joined(pieces), easedWithin };
}

const linearFor = (transition: Easing): Easing => (transition.kind === 'bezier' ? { kind: 'linear' } : transition);

/** From where to where one prompt is alone. */
function runsOf(knots: readonly Knot[]): (Knot & { readonly to: number })[] {
  return knots.flatMap((knot, i) => {
    if (knots[i - 1]?.share === knot.share) return [];
    const change = knots.findIndex(({ share }, j) => j > i && share !== knot.share);
    return [{ ...knot, to: knots.at(change < 0 ? -1 : change - 1)!.at }];
  });
}

/** Keyframes in the order of their frames, those of the same prompt that touch as one. */
function joined(pieces: readonly ViewKey[]): ViewKey[] {
  const keys: ViewKey[] = [];
  for (const piece of pieces.toSorted((a, b) => a.frame - b.frame)) {
    const last = keys.at(-1);
    if (last && piece.frame <= last.holdEnd) {
      keys[keys.length - 1] = { ...last, holdEnd: Math.max(last.holdEnd, piece.holdEnd) };
    } else keys.push(piece);
  }
  return keys;
}
