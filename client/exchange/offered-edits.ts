import {
  type Disposable,
  EndOfLine,
  languages,
  Position,
  Range,
  type TextDocument,
  TextEdit,
  Uri,
  WorkspaceEdit,
  workspace,
} from 'vscode';
import { LANGUAGE } from '../language-id.ts';

/*
 * What the edits of a drop or a paste do. VS Code applies one of them, and another one when a person chooses it. It does
 * not report which, so that the result is waited for: VS Code 1.139 sends `resolveDocumentDropEdit` to providers of pastes.
 */

/**
 * Replaces the text of a document, character by character and with its line ends. The text of a `DocumentDropEdit` would be
 * a snippet, whose tabs become spaces.
 */
export function replaceAll(document: TextDocument, text: string): WorkspaceEdit {
  const edit = new WorkspaceEdit();
  edit.set(document.uri, [TextEdit.replace(new Range(0, 0, document.lineCount, 0), text), endsOf(text)]);
  return edit;
}

/**
 * Makes an untitled document.
 *
 * @param name of the file that it is made of
 */
export function newDocument(name: string, text: string): { readonly uri: Uri; readonly edit: WorkspaceEdit } {
  const base = name.replace(/\.[a-z0-9]+$/i, '');
  const isTaken = (uri: Uri) => workspace.textDocuments.some((document) => `${document.uri}` === `${uri}`);
  const untitled = (suffix: string) => Uri.from({ scheme: 'untitled', path: `${base}${suffix}` });
  let uri = untitled('');
  // Text would be inserted into a document that is open.
  for (let i = 2; isTaken(uri); i++) uri = untitled(`-${i}`);
  const edit = new WorkspaceEdit();
  edit.set(uri, [TextEdit.insert(new Position(0, 0), text), endsOf(text)]);
  return { uri, edit };
}

const endsOf = (text: string) => TextEdit.setEndOfLine(text.includes('\r\n') ? EndOfLine.CRLF : EndOfLine.LF);

let waiting: Disposable[] = [];

/** Stops waiting for the edits of an earlier drop or paste, each of which is applied at once or later, or never. */
export function forgetOffered(): void {
  for (const listening of waiting) listening.dispose();
  waiting = [];
}

/**
 * Runs an action once a document has a text, which an edit gives it.
 *
 * @param text white space can differ: VS Code changes line ends, and the indents of text that it inserts
 */
export function whenTextIs(document: TextDocument, text: string, action: () => void): void {
  const expected = withoutSpace(text);
  const listening = workspace.onDidChangeTextDocument((change) => {
    if (change.document !== document || withoutSpace(document.getText()) !== expected) return;
    listening.dispose();
    action();
  });
  waiting.push(listening);
}

/** The text that a document has after changes, none of which touches another. */
export function textAfter(document: TextDocument, changes: readonly { range: Range; text: string }[]): string {
  const text = document.getText();
  const inOrder = changes
    .map((change) => ({
      start: document.offsetAt(change.range.start),
      end: document.offsetAt(change.range.end),
      text: change.text,
    }))
    .sort((a, b) => a.start - b.start);
  let after = '';
  let end = 0;
  for (const change of inOrder) {
    after += text.slice(end, change.start) + change.text;
    end = change.end;
  }
  return after + text.slice(end);
}

const withoutSpace = (text: string) => text.replace(/\s+/g, '');

/** Runs an action once an edit of `newDocument` has made its document. */
export function whenOpened(uri: Uri, action: (document: TextDocument) => void): void {
  const listening = workspace.onDidOpenTextDocument(async (document) => {
    if (`${document.uri}` !== `${uri}`) return;
    listening.dispose();
    // By its extension it would have it, too, but VS Code would show the extension twice.
    action(await languages.setTextDocumentLanguage(document, LANGUAGE));
  });
  waiting.push(listening);
}
