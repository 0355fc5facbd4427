import { applyEdits, type TextEdit } from '../format/format.ts';
import { readSettings } from '../settings/read.ts';
import type { SlicedTask } from '../sliced-task.ts';
import type { TravelDocument } from '../syntax/document.ts';
import { reparseSliced } from '../syntax/reparse.ts';
import { frameOf, parsePosition } from '../time/position.ts';
import type { EditableClip, EditableKey } from './editable-clip.ts';
import type { KeyText } from './key-text.ts';
import { type EditOutcome, type Refusal, refused } from './outcome.ts';

/** A keyframe as an edit makes it. `key` is null if it is new. */
export interface ExpectedKey extends KeyText {
  readonly key: EditableKey | null;
  readonly frame: number;
  readonly holdEnd: number | null;
}

export interface Expected {
  /** In the order of the edited text. */
  readonly keys: readonly ExpectedKey[];
  /** Frames of the edited clip. */
  readonly frames: number;
  readonly cursor?: number;
  readonly left?: readonly string[];
}

/** Edits of the text, in any order, with what they must lead to. */
export interface Proposal extends Expected {
  readonly kind: 'proposal';
  readonly edits: readonly TextEdit[];
}

export const propose = (edits: readonly TextEdit[], expected: Expected): Proposal => ({
  ...expected,
  kind: 'proposal',
  edits,
});

/** For an edit that asks for what is the case already. */
export const UNCHANGED = propose([], { keys: [], frames: 1 });

/**
 * The proposed edits, if they do exactly what was asked: the keyframes are as expected, every prompt and all other text
 * is the same, and the settings can still be read. The meaning of a line can depend on the lines around it, such as
 * those that a bracket joins, so this is read from the result, which takes as long as parsing what changed.
 */
export function* verified(clip: EditableClip, proposed: Proposal | Refusal): SlicedTask<EditOutcome> {
  if (proposed.kind === 'refused') return proposed;
  const { edits, cursor = null, left = [] } = proposed;
  if (edits.length === 0) return { kind: 'edits', edits, cursor, left };
  const { document } = clip;
  const sorted = [...edits].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  const after = yield* reparseSliced(document, applyEdits(document.text, sorted));
  yield;
  if (!hasKeys(after, clip, proposed) || !keepsTexts(document, after) || hasNewIssues(document, after)) {
    return refused('The edit would change other parts of the file; move the lines by hand.');
  }
  return { kind: 'edits', edits: sorted, cursor, left };
}

function hasKeys({ keyframes }: TravelDocument, { time: { fps } }: EditableClip, { keys, frames }: Expected): boolean {
  const frame = (text: string) => {
    const position = parsePosition(text);
    return position && frameOf(position, { frames, fps });
  };
  return (
    keyframes.length === keys.length &&
    keyframes.every((keyframe, i) => {
      const wanted = keys[i]!;
      const { position, hold, transition, prompt, negative } = keyframe;
      const before = wanted.key?.keyframe;
      return (
        frame(position.text) === wanted.frame &&
        (hold ? frame(hold.text) : null) === wanted.holdEnd &&
        (transition?.text ?? null) === wanted.transition &&
        (!before || (prompt.text === before.prompt.text && negative?.prompt.text === before.negative?.prompt.text))
      );
    })
  );
}

function keepsTexts(before: TravelDocument, after: TravelDocument): boolean {
  const texts = ({ head, tail }: TravelDocument) => JSON.stringify([head, tail].map((part) => part.map(textOf)));
  return before.comments.length === after.comments.length && texts(before) === texts(after);
}

const textOf = ({ prompt }: TravelDocument['head'][number]) => prompt.text;

function hasNewIssues(before: TravelDocument, after: TravelDocument): boolean {
  const issues = ({ text, frontMatter }: TravelDocument) => {
    const { start, end } = frontMatter?.yaml ?? { start: 0, end: 0 };
    return readSettings(text.slice(start, end), start).issues.length;
  };
  return after.frontMatter?.closed === false || issues(after) > issues(before);
}
