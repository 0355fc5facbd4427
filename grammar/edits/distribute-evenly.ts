import type { EditableClip } from './editable-clip.ts';
import { type Refusal, refused } from './outcome.ts';
import type { Proposal } from './proposal.ts';
import { movedTo, placesTaken, rewriteKeys } from './rewrite-keys.ts';

/** Moves the keyframes between the first and the last one so that all are equally far apart, to whole frames. */
export function distributeEvenly(clip: EditableClip): Proposal | Refusal {
  const { byFrame, time } = clip;
  if (byFrame.length < 3)
    return refused('Only keyframes between the first and the last one move; add a third one first.');
  const first = byFrame[0]!.frame;
  const distance = (byFrame.at(-1)!.frame - first) / (byFrame.length - 1);
  const placed = byFrame.map((key, i) => movedTo(key, first + Math.floor(i * distance + 0.5)));
  return placesTaken(clip, placed, time) ?? rewriteKeys(clip, placed);
}
