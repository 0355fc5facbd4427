/** An entry of a schedule by its key. */
interface KeyedEntry {
  readonly key: string;
  /** With `=`. */
  readonly isAssigned?: boolean | undefined;
}

/**
 * Whether entries are a schedule of AnimateDiff-Evolved, and cannot be one of FizzNodes: Python's assignments, or keys
 * that count from the end, or are parts of the length, ranges or holds.
 */
export function isAdeSchedule(entries: readonly KeyedEntry[]): boolean {
  return (
    entries.every(({ key }) => isAdeKey(key)) &&
    entries.some(({ key, isAssigned }) => isAssigned === true || /[-:.]/.test(key))
  );
}

/** Whether a key is one of AnimateDiff-Evolved: `8`, `-4`, `0.5`, `8:`, `16:20`. */
export const isAdeKey = (key: string): boolean => KEY.test(key);

/** A whole number, or a part of the length: a number with a point from 0 to 1. */
const NUMBER = String.raw`(?:-?\d{1,9}|0\.\d{0,9}|\.\d{1,9}|1\.0{0,9})`;
const KEY = new RegExp(`^${NUMBER}(?::${NUMBER}?)?$`);

/** Where a prompt is. */
export interface AdePlace {
  readonly frame: number;
  /** The position or hold that the language writes for it. */
  readonly at: string;
}

/**
 * The places of keys: `8:` holds until the next key, `16:20` and `20:16` are 16 through 19, −1 is the last frame, and
 * 0.5 the frame at half of the length.
 *
 * Source: AnimateDiff-Evolved `scheduling.py`, `handle_group_idxs`; `utils_scheduling.py`.
 *
 * @param keys for which `isAdeKey` holds
 * @param frames length of the clip
 */
export function adePlaces(keys: readonly string[], frames: number): AdePlace[] {
  const ranges = keys.map((key) => {
    const [from = '', to] = key.split(':');
    const ends = [from, ...(to ? [to] : [])].map((text) => frameOf(text, frames)).sort((a, b) => a - b);
    return { from, isHold: to === '', start: ends[0]!, end: ends.at(-1)! };
  });
  const ascending = [...new Set(ranges.map(({ start }) => start))].sort((a, b) => a - b);
  const following = new Map(ascending.map((start, i) => [start, ascending[i + 1] ?? frames]));
  return ranges.map(({ from, isHold, start, end }) => {
    const last = (isHold ? following.get(start)! : end) - 1;
    if (last > start) return { frame: start, at: `${start}-${last}` };
    return { frame: start, at: /^-\d+$/.test(from) ? from : `${start}` };
  });
}

/** With a point, f is frame ⌊f·length⌋, and 1.0 the last one. */
function frameOf(text: string, frames: number): number {
  const value = Number(text);
  if (text.includes('.')) return value === 1 ? frames - 1 : Math.trunc(value * frames);
  return value < 0 ? frames + value : value;
}
