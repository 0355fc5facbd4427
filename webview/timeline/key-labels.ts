import type { TimelineKey } from '../../protocol/timeline.ts';
import { shortText } from '../short-text.ts';
import { type Mark, shorten } from './marks.ts';

/** Half the width of a diamond in CSS pixels. */
export const DIAMOND = 9;

/** A text of the keyframe lane. Texts never overlap each other, diamonds, or the ends of holds. */
export interface KeyLabel {
  readonly kind: 'prompt' | 'transition';
  readonly left: number;
  readonly width: number;
  readonly text: string;
}

/** Free space between two things on the lane. */
interface Gap {
  left: number;
  right: number;
}

const SPACE = 5;
/** A text that is cut off to less than this says nothing. */
const SHORTEST = 34;
/** More characters than fit beside a keyframe. */
const LONGEST = 200;

/**
 * Prompts beside their keyframes, and transitions where there is still room: they are in the curves, too.
 *
 * @param measure width of a text in CSS pixels
 */
export function keyLabels(
  keys: readonly TimelineKey[],
  marks: readonly Mark[],
  width: number,
  measure: (text: string) => number,
): readonly KeyLabel[] {
  const labels: KeyLabel[] = [];
  // Before the first mark, and after each.
  const gaps: Gap[] = [{ left: 0, right: width }];
  for (const mark of marks) {
    gaps.at(-1)!.right = startOf(mark) - SPACE;
    gaps.push({ left: endOf(mark) + SPACE, right: width });
  }
  const put = (gap: Gap, text: string, side: 'left' | 'right', kind: KeyLabel['kind']): boolean => {
    const short = shorten(text, gap.right - gap.left, measure);
    if (short === '') return false;
    const size = measure(short);
    labels.push({ kind, left: side === 'left' ? gap.left : gap.right - size, width: size, text: short });
    if (side === 'left') gap.left += size + 2 * SPACE;
    else gap.right -= size + 2 * SPACE;
    return true;
  };
  for (const [i, mark] of marks.entries()) {
    if (mark.kind === 'group') continue;
    const text = shortText(keys[mark.key]!.text, LONGEST);
    const wanted = measure(text);
    const [before, after] = [gaps[i]!, gaps[i + 1]!];
    const inside = { left: mark.x + DIAMOND + SPACE, right: mark.holdX - 4 - SPACE };
    const rooms = {
      inside: inside.right - inside.left,
      after: after.right - after.left,
      before: before.right - before.left,
    };
    if (rooms.inside >= wanted) put(inside, text, 'left', 'prompt');
    else if (rooms.after >= wanted || rooms.after >= Math.max(rooms.inside, SHORTEST, Math.min(rooms.before, 80))) {
      put(after, text, 'left', 'prompt');
    } else if (rooms.inside >= Math.max(rooms.before, SHORTEST)) put(inside, text, 'left', 'prompt');
    else if (rooms.before >= SHORTEST) put(before, text, 'right', 'prompt');
  }
  for (const [i, mark] of marks.entries()) {
    if (mark.kind === 'group') continue;
    const transition = shortText(keys[mark.key]!.transition, LONGEST);
    const gap = gaps[i]!;
    if (i > 0 && transition !== 'linear' && measure(transition) <= gap.right - gap.left)
      put(gap, transition, 'right', 'transition');
  }
  return labels;
}

const startOf = (mark: Mark) => mark.x - DIAMOND;
const endOf = (mark: Mark) =>
  mark.kind === 'group' ? mark.endX + DIAMOND : Math.max(mark.x + DIAMOND, mark.holdX + 3);
