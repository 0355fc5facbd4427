import type { TextEdit } from '../format/format.ts';
import type { ClipTime } from '../time/position.ts';
import { brokenHold, type EditableClip, type EditableKey, endOf } from './editable-clip.ts';
import { keyTextAt, keyTextEdits } from './key-text.ts';
import { type Refusal, refused } from './outcome.ts';
import { type Proposal, propose } from './proposal.ts';

/** A keyframe and where it goes. */
export interface PlacedKey {
  readonly key: EditableKey;
  readonly frame: number;
  /** null without a hold. */
  readonly holdEnd: number | null;
}

/** A keyframe that goes to another frame with its hold, which keeps its length. */
export const movedTo = (key: EditableKey, frame: number): PlacedKey => ({
  key,
  frame,
  holdEnd: key.holdEnd === null ? null : key.holdEnd + frame - key.frame,
});

/** Why keyframes cannot be placed so; null if they can. @param placed in the order of the clip as it was */
export function placesTaken(clip: EditableClip, placed: readonly PlacedKey[], { frames }: ClipTime): Refusal | null {
  const broken = brokenHold(clip);
  if (broken) return refused(broken);
  const last = frames - 1;
  const outside = placed.find(({ frame }) => frame < 0 || frame > last);
  if (outside) return refused(`Frame ${outside.frame} is outside the clip, whose last frame is ${last}.`);
  const sorted = [...placed].sort((a, b) => a.frame - b.frame || a.key.frame - b.key.frame);
  for (const [i, { key, frame, holdEnd }] of sorted.entries()) {
    const next = sorted[i + 1];
    if (next?.frame === frame) {
      return refused(`The keyframes at frames ${key.frame} and ${next.key.frame} would both be at frame ${frame}.`);
    }
    const end = holdEnd ?? frame;
    if (end > last) return refused(`The hold of the keyframe at frame ${key.frame} would end after the last frame.`);
    if (next && end >= next.frame) {
      return refused(
        `The hold of the keyframe at frame ${key.frame} would overlap the keyframe at frame ${next.key.frame}.`,
      );
    }
  }
  return null;
}

/**
 * Writes keyframes at other frames, in the order that the text has.
 *
 * @param placed every keyframe, in any order
 * @param time of the edited clip
 * @param others edits of the settings
 */
export function rewriteKeys(
  clip: EditableClip,
  placed: readonly PlacedKey[],
  { time = clip.time, others = [], left = [] }: RewriteOptions = {},
): Proposal | Refusal {
  const { text } = clip.document;
  const written = [...placed]
    .sort((a, b) => a.key.index - b.key.index)
    .map(({ key, frame, holdEnd }) => ({ key, frame, holdEnd, ...keyTextAt(key, frame, holdEnd, time) }));
  const edits = written.flatMap((target) => keyTextEdits(target.key, target, text));
  return propose([...edits, ...others], { keys: written, frames: time.frames, left });
}

export interface RewriteOptions {
  readonly time?: ClipTime;
  readonly others?: readonly TextEdit[];
  readonly left?: readonly string[];
}

/** Whether the hold of a keyframe covers a frame after it. */
export const holds = (key: EditableKey, frame: number) => key.frame < frame && frame <= endOf(key);
