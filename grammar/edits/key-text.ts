import type { TextEdit } from '../format/format.ts';
import type { EditableClip, EditableKey } from './editable-clip.ts';
import { positionAt } from './position-text.ts';

/** How a keyframe is written before its colon. */
export interface KeyText {
  readonly position: string;
  readonly hold: string | null;
  readonly transition: string | null;
}

/** As it is. */
export function keyTextOf({ keyframe: { position, hold, transition } }: EditableKey): KeyText {
  return { position: position.text, hold: hold?.text ?? null, transition: transition?.text ?? null };
}

/** A keyframe at another frame. Its hold has the notation that it had, else that of the position. */
export function keyTextAt(
  key: EditableKey,
  frame: number,
  holdEnd: number | null,
  time: EditableClip['time'],
): KeyText {
  const { position, hold, transition } = keyTextOf(key);
  return {
    position: positionAt(position, frame, time),
    hold: holdEnd === null ? null : positionAt(hold ?? position, holdEnd, time),
    transition,
  };
}

/** The edits that write a key differently. Everything between its parts is kept. */
export function keyTextEdits({ keyframe }: EditableKey, written: KeyText, text: string): TextEdit[] {
  const { position, hold, transition, colon } = keyframe;
  const lastPosition = hold ?? position;
  const last = transition ?? lastPosition;
  const dash = hold ? text.slice(position.span.end, hold.span.start) : '-';
  const space = transition ? text.slice(lastPosition.span.end, transition.span.start) : ' ';
  const header =
    written.position +
    (written.hold === null ? '' : dash + written.hold) +
    (written.transition === null ? '' : space + written.transition);
  const span = { start: position.span.start, end: last.span.end };
  if (text.slice(span.start, span.end) === header) return [];
  const edit = { span, text: header };
  // `8:3d` is not a key, but `50%:3d` is.
  const needsSpace = /^\d+$/.test(header) && span.end === colon.start && /[\d:]/.test(text.charAt(colon.end));
  return needsSpace ? [edit, { span: { start: colon.end, end: colon.end }, text: ' ' }] : [edit];
}
