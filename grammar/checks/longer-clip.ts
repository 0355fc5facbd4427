import { framesFor } from '../clip/clip-length.ts';
import type { ClipContext } from '../clip/context.ts';
import type { Fix } from '../problem.ts';
import { setFrames } from '../settings/set-frames.ts';

type Edit = Fix['edits'][number];

/**
 * A fix that also increases `frames`, for one after which a keyframe is outside the clip. There is room for its hold, too.
 *
 * @param fixed the clip after `fix`
 * @returns null if every keyframe is inside the clip
 */
export function withRoom(fix: Fix, clip: ClipContext): Fix | null {
  const { timed, settings } = clip;
  const last = timed.reduce((latest, { frame, holdEnd }) => Math.max(latest, frame ?? 0, holdEnd ?? 0), 0);
  if (last < settings.frames) return null;
  const frames = framesFor(last);
  const edit = setFrames(clip, frames);
  const edits = edit && followedBy(fix.edits, edit);
  const title = `${fix.title}, and set \`frames\` to ${frames}`;
  return edits && { title, edits, mechanical: false, ...(fix.notes && { notes: fix.notes }) };
}

/**
 * The edits of a text and one of their result, as edits of the text. null if the last one changes what an earlier one
 * wrote and also what it kept.
 */
export function followedBy(edits: readonly Edit[], last: Edit): Edit[] | null {
  const sorted = inOrder(edits);
  // How far the text before an edit has moved.
  let moved = 0;
  for (const [i, { span, text }] of sorted.entries()) {
    const start = span.start + moved;
    const end = start + text.length;
    if (last.span.end < start) return [...sorted.slice(0, i), movedBy(last, -moved), ...sorted.slice(i)];
    if (last.span.start >= start && last.span.end <= end) {
      const merged = text.slice(0, last.span.start - start) + last.text + text.slice(last.span.end - start);
      return sorted.with(i, { span, text: merged });
    }
    if (last.span.start < end) return null;
    moved = end - span.end;
  }
  return [...sorted, movedBy(last, -moved)];
}

const movedBy = ({ span, text }: Edit, by: number): Edit => ({
  span: { start: span.start + by, end: span.end + by },
  text,
});

/** Edits from the start of the text to its end. Insertions at one place keep their order. */
export const inOrder = (edits: readonly Edit[]) => [...edits].sort((a, b) => a.span.start - b.span.start);
