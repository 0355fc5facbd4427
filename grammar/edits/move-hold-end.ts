import type { EditableClip } from './editable-clip.ts';
import { keyTextAt, keyTextEdits, keyTextOf } from './key-text.ts';
import { type Refusal, refused } from './outcome.ts';
import { type Proposal, propose } from './proposal.ts';

/**
 * Makes the hold of a keyframe end at another frame. A hold that ends at its keyframe is removed.
 *
 * @param index in the order of the text
 */
export function moveHoldEnd(
  clip: EditableClip,
  { index, frame }: { index: number; frame: number },
): Proposal | Refusal {
  const { document, effective, keys, byFrame, time } = clip;
  const key = keys[index];
  if (!key) return refused('The keyframe does not exist any more.');
  if (effective.settings.dialect === 'webui' && frame !== key.frame) {
    return refused('The webui dialect has no holds.');
  }
  if (frame < key.frame) return refused(`A hold ends at its keyframe or later, here at frame ${key.frame}.`);
  if (frame >= time.frames)
    return refused(`Frame ${frame} is outside the clip, whose last frame is ${time.frames - 1}.`);
  const next = byFrame[byFrame.indexOf(key) + 1];
  if (next && frame >= next.frame) {
    return refused(`The hold would extend to frame ${frame}, over the keyframe at frame ${next.frame}.`);
  }
  const holdEnd = frame === key.frame ? null : frame;
  const written = { key, frame: key.frame, holdEnd, ...keyTextAt(key, key.frame, holdEnd, time) };
  return propose(keyTextEdits(key, written, document.text), {
    keys: keys.map((each) => (each === key ? written : { ...each, key: each, ...keyTextOf(each) })),
    frames: time.frames,
  });
}
