import { effectiveSettings } from '../../../grammar/clip/effective-settings.ts';
import { changeLength } from '../../../grammar/edits/change-length.ts';
import { type EditableClip, editableClip } from '../../../grammar/edits/editable-clip.ts';
import { insertKey } from '../../../grammar/edits/insert-key.ts';
import { moveHoldEnd } from '../../../grammar/edits/move-hold-end.ts';
import { moveKey } from '../../../grammar/edits/move-key.ts';
import type { EditOutcome, Refusal } from '../../../grammar/edits/outcome.ts';
import { type Proposal, verified } from '../../../grammar/edits/proposal.ts';
import { setTransition } from '../../../grammar/edits/set-transition.ts';
import { shiftKeys } from '../../../grammar/edits/shift-keys.ts';
import { applyEdits } from '../../../grammar/format/format.ts';
import { parseTravel } from '../../../grammar/language.ts';
import { runToEnd } from '../../../grammar/sliced-task.ts';
import { testEnvironment } from '../environment.ts';

export type Edit = (clip: EditableClip) => Proposal | Refusal;

const environment = (files: Readonly<Record<string, string>>) =>
  testEnvironment({
    readTravelFile: (path) => (files[path] === undefined ? null : { path, text: files[path] }),
  });

/** What an edit does to a text. */
export function outcome(text: string, edit: Edit, files: Readonly<Record<string, string>> = {}): EditOutcome {
  const document = parseTravel(text);
  const clip = editableClip(document, effectiveSettings(document, environment(files), {}, parseTravel));
  return 'kind' in clip ? clip : runToEnd(verified(clip, edit(clip)));
}

/** The edited text; the reason if the edit is refused. */
export function edited(text: string, edit: Edit, files?: Readonly<Record<string, string>>): string {
  const result = outcome(text, edit, files);
  return result.kind === 'refused' ? `refused: ${result.reason}` : applyEdits(text, result.edits);
}

/** The edited text; null if the edit is refused. */
export function editedOrNull(text: string, edit: Edit): string | null {
  const result = outcome(text, edit);
  return result.kind === 'refused' ? null : applyEdits(text, result.edits);
}

export const move =
  (index: number, frame: number): Edit =>
  (of) =>
    moveKey(of, { index, frame });
export const hold =
  (index: number, frame: number): Edit =>
  (of) =>
    moveHoldEnd(of, { index, frame });
export const insert =
  (frame: number): Edit =>
  (of) =>
    insertKey(of, { frame });
export const setTo =
  (index: number, transition: string | null): Edit =>
  (of) =>
    setTransition(of, { index, transition });
export const length =
  (frames: number): Edit =>
  (of) =>
    changeLength(of, { frames });
export const shift =
  (index: number, by: number): Edit =>
  (of) =>
    shiftKeys(of, { index, by });

/** A file of 17 frames at 8 fps. */
export const file = (body: string, settings = '') => `---\nframes: 17\n${settings}---\n${body}`;

export const crlf = (text: string) => text.replaceAll('\n', '\r\n');
