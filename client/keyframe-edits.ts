import * as l10n from '@vscode/l10n';
import { Position, Range, Selection, type TextEditor, window } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import {
  KEYFRAME_EDIT,
  KEYFRAME_ON_LINE,
  type KeyframeEdit,
  KeyframeEditAnswer,
  type KeyframeEditRequest,
  KeyframeOnLineAnswer,
  type KeyframeOnLineRequest,
} from '../protocol/timeline.ts';
import { LANGUAGE } from './language-id.ts';

/** Asks for a number of frames, and scales the keyframes of the active file with it. */
export async function changeLength(client: BaseLanguageClient): Promise<void> {
  const editor = activeEditor();
  const here = editor && (await keyframeAtCursor(client, editor));
  if (!editor || !here) return;
  await editWithNumber(client, editor, {
    title: l10n.t('Change Length'),
    prompt: l10n.t('Number of frames. Keyframes and holds are scaled with it.'),
    value: `${here.frames}`,
    pattern: /^\d+$/,
    advice: l10n.t('Enter a whole number of frames, at least 1.'),
    editOf: (frames) => (frames > 0 ? { kind: 'changeLength', frames } : null),
  });
}

/** Asks for a number of frames, and moves the keyframe at the cursor and all later ones by it. */
export async function shiftKeys(client: BaseLanguageClient): Promise<void> {
  const editor = activeEditor();
  const here = editor && (await keyframeAtCursor(client, editor));
  if (!editor || !here) return;
  const { key } = here;
  if (!key) {
    void window.showWarningMessage(l10n.t('Place the cursor in the first keyframe to shift, and try again.'));
    return;
  }
  await editWithNumber(client, editor, {
    title: l10n.t('Shift Keys From Here'),
    prompt: l10n.t(
      'Frames by which the keyframe at {0} and all later ones move. Negative: towards the start.',
      key.position,
    ),
    value: '',
    pattern: /^[+-]?\d+$/,
    advice: l10n.t('Enter a whole number of frames, such as 8 or -8.'),
    editOf: (by) => ({ kind: 'shiftKeys', index: key.index, by }),
  });
}

/** Moves the keyframes of the active file between the first and the last one so that all are equally far apart. */
export async function distributeKeys(client: BaseLanguageClient): Promise<void> {
  const editor = activeEditor();
  if (editor) await applyKeyframeEdit(client, editor, { kind: 'distributeEvenly' });
}

/** Makes the keyframes of the active file play backward. */
export async function reverseKeys(client: BaseLanguageClient): Promise<void> {
  const editor = activeEditor();
  if (editor) await applyKeyframeEdit(client, editor, { kind: 'reverse' });
}

/**
 * Changes the keyframes in one undo step, if the text is still the one that the edit was made for. Shows why it is not
 * possible, and what stays as it is.
 *
 * @returns whether the text is as it was asked for
 */
export async function applyKeyframeEdit(
  client: BaseLanguageClient,
  editor: TextEditor,
  edit: KeyframeEdit,
): Promise<boolean> {
  const { version } = editor.document;
  const answer = await keyframeEdit(client, editor, edit);
  if (answer.kind === 'refused') {
    void window.showWarningMessage(answer.reason);
    return false;
  }
  const isCurrent = answer.kind === 'edits' && editor.document.version === version;
  if (!isCurrent || !(await applied(editor, answer.edits))) {
    void window.showWarningMessage(l10n.t('The file changed before its keyframes could be edited. Try again.'));
    return false;
  }
  if (answer.cursor) {
    const cursor = new Position(answer.cursor.line, answer.cursor.character);
    editor.selection = new Selection(cursor, cursor);
    editor.revealRange(new Range(cursor, cursor));
  }
  if (answer.edits.length === 0) window.setStatusBarMessage(`$(check) ${l10n.t('Nothing to change')}`, 3000);
  if (answer.left) void window.showInformationMessage(answer.left.join(' '));
  return true;
}

type Edits = Extract<KeyframeEditAnswer, { kind: 'edits' }>['edits'];

async function applied(editor: TextEditor, edits: Edits): Promise<boolean> {
  if (edits.length === 0) return true;
  return editor.edit((builder) => {
    for (const { range, newText } of edits) {
      const { start, end } = range;
      builder.replace(new Range(start.line, start.character, end.line, end.character), newText);
    }
  });
}

interface NumberQuestion {
  readonly title: string;
  readonly prompt: string;
  readonly value: string;
  readonly pattern: RegExp;
  readonly advice: string;
  /** null if the number is not possible. */
  readonly editOf: (number: number) => KeyframeEdit | null;
}

/** The number is checked as it is typed, also by the server: whether keyframes would collide, for example. */
async function editWithNumber(
  client: BaseLanguageClient,
  editor: TextEditor,
  { title, prompt, value, pattern, advice, editOf }: NumberQuestion,
): Promise<void> {
  const editFor = (typed: string) => {
    const number = Number(typed);
    return pattern.test(typed.trim()) && Number.isSafeInteger(number) ? editOf(number) : null;
  };
  const typed = await window.showInputBox({
    title,
    prompt,
    value,
    validateInput: async (text) => {
      const edit = editFor(text);
      if (!edit) return text.trim() === '' ? null : advice;
      const answer = await keyframeEdit(client, editor, edit);
      return answer.kind === 'refused' ? answer.reason : null;
    },
  });
  const edit = typed === undefined ? null : editFor(typed);
  if (edit) await applyKeyframeEdit(client, editor, edit);
}

async function keyframeEdit(
  client: BaseLanguageClient,
  { document }: TextEditor,
  edit: KeyframeEdit,
): Promise<KeyframeEditAnswer> {
  const uri = client.code2ProtocolConverter.asUri(document.uri);
  const request: KeyframeEditRequest = { uri, version: document.version, edit };
  return KeyframeEditAnswer.parse(await client.sendRequest(KEYFRAME_EDIT, request));
}

async function keyframeAtCursor(client: BaseLanguageClient, editor: TextEditor): Promise<KeyframeOnLineAnswer> {
  const uri = client.code2ProtocolConverter.asUri(editor.document.uri);
  const request: KeyframeOnLineRequest = { uri, line: editor.selection.active.line };
  return KeyframeOnLineAnswer.parse(await client.sendRequest(KEYFRAME_ON_LINE, request));
}

/** null if no `.travel` file is active; then the user was told to open one. */
function activeEditor(): TextEditor | null {
  const editor = window.activeTextEditor;
  if (editor?.document.languageId === LANGUAGE) return editor;
  void window.showWarningMessage(l10n.t('Open the .travel file whose keyframes should change, and try again.'));
  return null;
}
