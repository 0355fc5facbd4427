import { TextDocument } from 'vscode-languageserver-textdocument';
import { changeLength } from '../../grammar/edits/change-length.ts';
import { distributeEvenly } from '../../grammar/edits/distribute-evenly.ts';
import { type EditableClip, editableClip } from '../../grammar/edits/editable-clip.ts';
import { insertKey } from '../../grammar/edits/insert-key.ts';
import { moveHoldEnd } from '../../grammar/edits/move-hold-end.ts';
import { moveKey } from '../../grammar/edits/move-key.ts';
import type { EditOutcome, Refusal } from '../../grammar/edits/outcome.ts';
import { type Proposal, verified } from '../../grammar/edits/proposal.ts';
import { reverse } from '../../grammar/edits/reverse.ts';
import { setTransition } from '../../grammar/edits/set-transition.ts';
import { shiftKeys } from '../../grammar/edits/shift-keys.ts';
import { applyEdits } from '../../grammar/format/format.ts';
import type { SlicedTask } from '../../grammar/sliced-task.ts';
import type {
  KeyframeEdit,
  KeyframeEditAnswer,
  KeyframeEditRequest,
  KeyframeOnLineAnswer,
} from '../../protocol/timeline.ts';
import type { Analysis } from '../documents/analysis.ts';
import type { OpenDocuments } from '../documents/open-documents.ts';
import { runSliced } from '../time-slices.ts';

/** A change of the keyframes of exactly the version asked for, as edits of its text. */
export async function keyframeEditOf(
  documents: OpenDocuments,
  { uri, version, edit }: KeyframeEditRequest,
  isCancelled: () => boolean,
): Promise<KeyframeEditAnswer> {
  const isOutdated = () => documents.analysis(uri)?.version !== version;
  const isOver = () => isCancelled() || isOutdated();
  if (isOutdated()) return { kind: 'outdated' };
  const parsed = await documents.parsed(uri, isOver);
  const analysis = parsed?.effective.spans.has('extends') ? await documents.settled(uri, isOver) : parsed;
  if (analysis?.version !== version) return { kind: 'outdated' };
  const outcome = await runSliced(outcomeOf(analysis, edit), () => !isOver());
  return outcome === null ? { kind: 'outdated' } : answerOf(analysis, outcome);
}

/** The length of the clip, and the keyframe whose lines include a line. */
export function keyframeOnLineOf(analysis: Analysis, line: number): NonNullable<KeyframeOnLineAnswer> {
  const { document, effective } = analysis;
  const lineOf = (offset: number) => analysis.positionAt(offset).line;
  const index = document.keyframes.findIndex(({ span }) => lineOf(span.start) <= line && line <= lineOf(span.end));
  const key = document.keyframes[index];
  return { frames: effective.settings.frames, key: key ? { index, position: key.position.text } : null };
}

/** What an edit of keyframes does to the text of a document. */
export function* outcomeOf({ document, effective }: Analysis, edit: KeyframeEdit): SlicedTask<EditOutcome> {
  const clip = editableClip(document, effective);
  yield;
  return 'kind' in clip ? clip : yield* verified(clip, proposed(clip, edit));
}

function proposed(clip: EditableClip, edit: KeyframeEdit): Proposal | Refusal {
  switch (edit.kind) {
    case 'moveKey':
      return moveKey(clip, edit);
    case 'moveHoldEnd':
      return moveHoldEnd(clip, edit);
    case 'insertKey':
      return insertKey(clip, edit);
    case 'setTransition':
      return setTransition(clip, edit);
    case 'changeLength':
      return changeLength(clip, edit);
    case 'shiftKeys':
      return shiftKeys(clip, edit);
    case 'distributeEvenly':
      return distributeEvenly(clip);
    case 'reverse':
      return reverse(clip);
  }
}

function answerOf(analysis: Analysis, outcome: EditOutcome): KeyframeEditAnswer {
  if (outcome.kind === 'refused') return outcome;
  const { edits, cursor, left } = outcome;
  const place = (offset: number) => {
    const after = applyEdits(analysis.text, edits);
    return TextDocument.create(analysis.uri, 'travel', 0, after).positionAt(offset);
  };
  return {
    kind: 'edits',
    edits: edits.map(({ span, text }) => ({ range: analysis.rangeOf(span), newText: text })),
    cursor: cursor === null ? null : place(cursor),
    ...(left.length > 0 && { left: [...left] }),
  };
}
