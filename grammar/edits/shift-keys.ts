import type { TextEdit } from '../format/format.ts';
import type { EditableClip } from './editable-clip.ts';
import { type Refusal, refused } from './outcome.ts';
import { positionAt } from './position-text.ts';
import { type Proposal, UNCHANGED } from './proposal.ts';
import { movedTo, placesTaken, rewriteKeys } from './rewrite-keys.ts';
import { editNumbers, pointEdits, type TravellingSetting } from './travelling-numbers.ts';

/**
 * Moves a keyframe and all later ones, and what travels with them: the positions of numbers in the settings from that
 * frame on.
 *
 * @param index in the order of the text
 * @param by frames; negative: towards the start
 */
export function shiftKeys(clip: EditableClip, { index, by }: { index: number; by: number }): Proposal | Refusal {
  const { effective, byFrame, keys, time } = clip;
  const first = keys[index];
  if (!first) return refused('The keyframe does not exist any more.');
  if (by === 0) return UNCHANGED;
  const placed = byFrame.map((key) => (key.frame < first.frame ? { ...key, key } : movedTo(key, key.frame + by)));
  const last = byFrame.at(-1)!;
  if (last.frame + by >= time.frames) {
    const room = time.frames - 1 - last.frame;
    return refused(
      `The keyframe at frame ${last.frame} would be at frame ${last.frame + by}, outside the clip; ${room === 0 ? 'it is at the last frame already' : `at most ${room} is possible`}.`,
    );
  }
  const before = byFrame.findLast((key) => key.frame < first.frame);
  if (before && first.frame + by <= before.frame) {
    return refused(
      `The keyframe at frame ${first.frame} would be at frame ${first.frame + by}, but frame ${before.frame} has a keyframe.`,
    );
  }
  const taken = placesTaken(clip, placed, time);
  if (taken) return taken;
  const numbers = editNumbers(effective, time, (setting) => shiftSetting(setting, first.frame, by, clip));
  if (numbers.kind === 'refused') return numbers;
  const { edits: others, left } = numbers;
  return rewriteKeys(clip, placed, { others, left });
}

function shiftSetting(
  { path, points }: TravellingSetting,
  from: number,
  by: number,
  { document, time }: EditableClip,
): { readonly edits: readonly TextEdit[] } | Refusal {
  const shifted = (frame: number) => (frame < from ? frame : frame + by);
  const places = points.flatMap(({ frame, holdEnd }) => (holdEnd === null ? [frame] : [frame, holdEnd]));
  const passed = places.find((frame) => frame < from && frame >= from + by);
  if (passed !== undefined) {
    return refused(`\`${path}\` has a position at frame ${passed}, which the later ones would pass.`);
  }
  const edits = points.flatMap((point) => {
    const { frame, holdEnd, from: written, through } = point;
    if ((holdEnd ?? frame) < from) return [];
    const start = positionAt(written, shifted(frame), time);
    const end = holdEnd === null || through === null ? null : positionAt(through, shifted(holdEnd), time);
    return pointEdits(point, start, end, document.text);
  });
  return { edits };
}
