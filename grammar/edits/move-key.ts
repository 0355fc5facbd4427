import { keyframeBlocks, moveBlock } from './blocks.ts';
import type { EditableClip } from './editable-clip.ts';
import { keyTextAt, keyTextEdits, keyTextOf } from './key-text.ts';
import { type Refusal, refused } from './outcome.ts';
import { type Proposal, propose, UNCHANGED } from './proposal.ts';
import { movedTo, placesTaken, rewriteKeys } from './rewrite-keys.ts';

/**
 * Moves a keyframe, with its hold, to another frame. If it passes another keyframe and the text is in the order of the
 * clip, its lines and the comments above them move, too: AUTOMATIC1111 refuses keyframes out of order, and people drag
 * a keyframe past another one as a matter of course.
 *
 * @param index in the order of the text
 */
export function moveKey(clip: EditableClip, { index, frame }: { index: number; frame: number }): Proposal | Refusal {
  const { document, byFrame, keys, inOrder, time } = clip;
  const key = keys[index];
  if (!key) return refused('The keyframe does not exist any more.');
  if (frame === key.frame) return UNCHANGED;
  const other = byFrame.find((each) => each.frame === frame);
  if (other) return refused(`Frame ${frame} already has a keyframe.`);
  const placed = byFrame.map((each) => (each === key ? movedTo(key, frame) : { ...each, key: each }));
  const taken = placesTaken(clip, placed, time);
  if (taken) return taken;
  const after = keys.findLastIndex((each) => each !== key && each.frame < frame);
  if (!inOrder || after === index - 1) return rewriteKeys(clip, placed);
  const target = placed.find((each) => each.key === key)!;
  const { holdEnd } = target;
  const written = { key, frame, holdEnd, ...keyTextAt(key, frame, holdEnd, time) };
  const { text } = document;
  const edits = moveBlock(text, keyframeBlocks(document), index, after, keyTextEdits(key, written, text));
  const expected = keys.map((each) => (each === key ? written : { ...each, key: each, ...keyTextOf(each) }));
  return propose(edits, {
    keys: expected.sort((a, b) => a.frame - b.frame),
    frames: time.frames,
  });
}
