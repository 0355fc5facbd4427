/** Changes of documents, as VS Code's API describes them. */
import type { URI } from 'vscode-uri';
import { type Position, Range } from './values.ts';

export class WorkspaceEdit {
  readonly replaced: { readonly uri: string; readonly range: Range; readonly text: string }[] = [];
  replace(uri: URI, range: Range, text: string): void {
    this.replaced.push({ uri: uri.toString(), range, text });
  }
  insert(uri: URI, at: Position, text: string): void {
    this.replace(uri, new Range(at, at), text);
  }
  /** Line ends, by the document. */
  readonly ends = new Map<string, number>();
  set(uri: URI, edits: readonly FakeTextEdit[]): void {
    for (const edit of edits) {
      if ('newEol' in edit) this.ends.set(uri.toString(), edit.newEol);
      else this.replace(uri, edit.range, edit.newText);
    }
  }
}

type FakeTextEdit = { readonly newEol: number } | { readonly range: Range; readonly newText: string };

export class DocumentDropOrPasteEditKind {
  static readonly Empty = new DocumentDropOrPasteEditKind('');
  static readonly Text = new DocumentDropOrPasteEditKind('text');
  readonly value: string;
  constructor(value: string) {
    this.value = value;
  }
  append(...parts: string[]): DocumentDropOrPasteEditKind {
    return new DocumentDropOrPasteEditKind([this.value, ...parts].filter(Boolean).join('.'));
  }
}

/** Of a drop or a paste. */
export class DocumentDropEdit {
  yieldTo: readonly DocumentDropOrPasteEditKind[] = [];
  additionalEdit: WorkspaceEdit | undefined;
  readonly insertText: string;
  readonly title: string;
  readonly kind: DocumentDropOrPasteEditKind;
  constructor(insertText: string, title: string, kind: DocumentDropOrPasteEditKind) {
    this.insertText = insertText;
    this.title = title;
    this.kind = kind;
  }
}

export { DocumentDropEdit as DocumentPasteEdit };

export const EndOfLine = { LF: 1, CRLF: 2 };

export const TextEdit = {
  replace: (range: Range, newText: string) => ({ range, newText }),
  insert: (at: Position, newText: string) => ({ range: new Range(at, at), newText }),
  setEndOfLine: (end: number) => ({ newEol: end }),
};
