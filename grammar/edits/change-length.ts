import type { TextEdit } from '../format/format.ts';
import { Settings } from '../settings/schema.ts';
import { setFrames } from '../settings/set-frames.ts';
import { type ClipTime, frameOf, parsePosition } from '../time/position.ts';
import type { EditableClip } from './editable-clip.ts';
import { type Refusal, refused } from './outcome.ts';
import { positionAt } from './position-text.ts';
import { type Proposal, UNCHANGED } from './proposal.ts';
import { placesTaken, rewriteKeys } from './rewrite-keys.ts';
import { editNumbers, pointEdits, type TravellingSetting } from './travelling-numbers.ts';

/** Both lengths of a clip. */
interface Lengths {
  readonly before: ClipTime;
  readonly after: ClipTime;
}

/**
 * Sets `frames`, and scales all keyframes, holds, and positions of numbers with it: twice the frames are twice the
 * distances. The last frame stays the last one, and percentages are kept, because they scale by themselves.
 *
 * @param frames of the new clip
 */
export function changeLength(clip: EditableClip, { frames }: { frames: number }): Proposal | Refusal {
  const { document, effective, byFrame, time } = clip;
  if (!Settings.shape.frames.safeParse(frames).success) return refused(`A clip cannot have ${frames} frames.`);
  if (frames === time.frames) return UNCHANGED;
  const lengths: Lengths = { before: time, after: { ...time, frames } };
  const placed = byFrame.map((key) => {
    const { position, hold } = key.keyframe;
    const frame = scaled(position.text, key.frame, lengths);
    const end = hold && key.holdEnd !== null ? scaled(hold.text, key.holdEnd, lengths) : null;
    return { key, frame, holdEnd: end === null ? null : Math.max(frame, end) };
  });
  const taken = placesTaken(clip, placed, lengths.after);
  if (taken) return taken;
  const numbers = editNumbers(effective, time, (setting) => scaleSetting(setting, lengths, document.text));
  if (numbers.kind === 'refused') return numbers;
  const { edits: others, left } = numbers;
  const length = setFrames({ document, spans: effective.spans }, frames);
  return length
    ? rewriteKeys(clip, placed, { time: lengths.after, others: [...others, length], left })
    : refused('`frames` cannot be added to the settings; add it by hand first.');
}

/** The frame of a position in the other clip. */
function scaled(written: string, frame: number, { before, after }: Lengths): number {
  if (written.endsWith('%')) return frameOf(parsePosition(written)!, after);
  if (frame === before.frames - 1) return after.frames - 1;
  return Math.min(after.frames - 1, Math.floor((frame * after.frames) / before.frames + 0.5));
}

function scaleSetting(
  { path, points }: TravellingSetting,
  lengths: Lengths,
  text: string,
): { readonly edits: readonly TextEdit[] } | Refusal {
  const taken = new Map<number, number>();
  const edits: TextEdit[] = [];
  for (const point of points) {
    const { from, through, frame, holdEnd } = point;
    const start = scaled(from, frame, lengths);
    const other = taken.get(start);
    if (other !== undefined) {
      return refused(`The positions at frames ${other} and ${frame} of \`${path}\` would both be at frame ${start}.`);
    }
    taken.set(start, frame);
    const end = holdEnd === null || through === null ? null : Math.max(start, scaled(through, holdEnd, lengths));
    const position = positionAt(from, start, lengths.after);
    const last = through && end !== null ? positionAt(through, end, lengths.after) : null;
    for (const edit of pointEdits(point, position, last, text)) edits.push(edit);
  }
  return { edits };
}
