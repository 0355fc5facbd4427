import { newlineOf } from '../line-ends.ts';
import { insertion, keyframeBlocks } from './blocks.ts';
import type { EditableClip, EditableKey } from './editable-clip.ts';
import { keyTextOf } from './key-text.ts';
import { type Refusal, refused } from './outcome.ts';
import { type ExpectedKey, type Proposal, propose } from './proposal.ts';
import { holds } from './rewrite-keys.ts';

/**
 * Inserts a keyframe without a prompt below the keyframe before it, with the cursor where the prompt goes. In the webui
 * dialect, a key without a prompt would end the keyframes, so it has the prompt of the keyframe before it.
 */
export function insertKey(clip: EditableClip, { frame }: { frame: number }): Proposal | Refusal {
  const { document, effective, keys, byFrame, time } = clip;
  const { text } = document;
  if (frame < 0 || frame >= time.frames) {
    return refused(`Frame ${frame} is outside the clip, whose last frame is ${time.frames - 1}.`);
  }
  if (byFrame.some((key) => key.frame === frame)) return refused(`Frame ${frame} already has a keyframe.`);
  const holding = byFrame.find((key) => holds(key, frame));
  if (holding) return refused(`Frame ${frame} is in the hold of the keyframe at frame ${holding.frame}.`);
  const before = byFrame.findLast((key) => key.frame < frame) ?? null;
  const isWebui = effective.settings.dialect === 'webui';
  const [first] = byFrame;
  if (isWebui && !first) return refused('The webui dialect needs a prompt at each keyframe; write the first one.');
  const prompt = isWebui ? promptOf((before ?? first)!, text) : '';
  const line = `${frame}: ${prompt}`;
  const edit = first
    ? insertion(text, keyframeBlocks(document), before?.index ?? lowestAfter(clip), line)
    : { span: { start: text.length, end: text.length }, text: separator(text) + line + newlineOf(text) };
  const added: ExpectedKey = { key: null, frame, holdEnd: null, position: `${frame}`, hold: null, transition: null };
  const others = keys.map((key): ExpectedKey => ({ ...key, key, ...keyTextOf(key) }));
  const at = before ? before.index + 1 : Math.max(0, lowestAfter(clip) + 1);
  return propose([edit], {
    keys: others.toSpliced(at, 0, added),
    frames: time.frames,
    cursor: edit.span.start + edit.text.indexOf(line) + line.length,
  });
}

/** As written, without a comment. `--neg` is part of the prompt in the webui dialect. */
function promptOf({ keyframe: { colon, prompt, negative } }: EditableKey, text: string): string {
  return text.slice(colon.end, (negative?.prompt ?? prompt).span.end).trim();
}

/** A keyframe before all others goes above the first one in the clip: the block that it goes behind; −1 for none. */
const lowestAfter = ({ byFrame }: EditableClip) => (byFrame[0]?.index ?? 0) - 1;

/** What separates the first keyframe from the text before it: an empty line. */
function separator(text: string): string {
  const newline = newlineOf(text);
  if (text.trim() === '' || text.endsWith(newline + newline)) return '';
  return text.endsWith(newline) ? newline : newline + newline;
}
