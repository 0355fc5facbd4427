import * as l10n from '@vscode/l10n';
import {
  commands,
  Position,
  Range,
  Selection,
  type TextDocument,
  TextEditorRevealType,
  type ViewColumn,
  WorkspaceEdit,
  window,
  workspace,
} from 'vscode';
import type { KeyframeEdit, TimelineKey } from '../../protocol/timeline.ts';
import type { PreviewServer } from './preview-server.ts';

/** The frame of the keyframe that a line belongs to; null before the first one. @param keys in any order of lines */
export function frameAtLine(keys: readonly TimelineKey[], line: number): number | null {
  let best: TimelineKey | null = null;
  for (const key of keys) if (key.line <= line && (!best || key.line > best.line)) best = key;
  return best?.frame ?? null;
}

/** The editor that shows a document, if one is visible. */
const editorOf = (document: TextDocument) =>
  window.visibleTextEditors.find((editor) => editor.document.uri.toString() === document.uri.toString());

/**
 * Moves the cursor to a line, in the editor that shows the document or in a new one. The keyboard stays where it is,
 * and what is visible is not scrolled.
 */
export async function revealLine(document: TextDocument, line: number): Promise<void> {
  const editor =
    editorOf(document) ?? (await window.showTextDocument(document, { preserveFocus: true, viewColumn: textColumn() }));
  const { range } = document.lineAt(Math.min(line, document.lineCount - 1));
  editor.selection = new Selection(range.start, range.start);
  editor.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
}

/** Moves the keyboard to the text. */
export async function focusText(document: TextDocument): Promise<void> {
  const viewColumn = editorOf(document)?.viewColumn ?? textColumn();
  await window.showTextDocument(document, { viewColumn });
}

/**
 * Undoes or redoes the last change of the text. VS Code does that only where the keyboard is, which is moved there. A
 * page that is still taking the keyboard may get the command instead, and nothing happens: then it is given again.
 */
export async function changeHistory(document: TextDocument, command: 'undo' | 'redo'): Promise<void> {
  const { version } = document;
  for (let attempt = 0; attempt < 2 && document.version === version; attempt++) {
    await focusText(document);
    await commands.executeCommand(command);
  }
}

/** Beside the preview, which opens to the side. */
const textColumn = (): ViewColumn => window.visibleTextEditors[0]?.viewColumn ?? 1;

/**
 * Changes keyframes in the text, as one step of undo. Nothing happens if the text has changed since the page drew it:
 * the page gets the new timeline then. The keyboard moves to the text for the prompt of a new keyframe.
 */
export async function editKeyframes(
  server: PreviewServer,
  document: TextDocument,
  version: number,
  edit: KeyframeEdit,
): Promise<void> {
  const answer = await server.keyframeEdit(document, version, edit);
  if (answer.kind === 'refused') {
    void window.showInformationMessage(answer.reason);
    return;
  }
  if (answer.kind === 'outdated' || document.version !== version) return;
  const change = new WorkspaceEdit();
  for (const { range, newText } of answer.edits) {
    const { start, end } = range;
    change.replace(document.uri, new Range(start.line, start.character, end.line, end.character), newText);
  }
  if (!(await workspace.applyEdit(change))) {
    void window.showWarningMessage(l10n.t('The keyframes could not be changed, because the file cannot be edited.'));
    return;
  }
  const editor = editorOf(document);
  if (!answer.cursor || !editor) return;
  const place = new Position(answer.cursor.line, answer.cursor.character);
  editor.selection = new Selection(place, place);
  editor.revealRange(editor.selection, TextEditorRevealType.InCenterIfOutsideViewport);
  // The new keyframe has no prompt: it is written next.
  await focusText(document);
}
