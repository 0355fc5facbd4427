import type { CompletionItemKind } from 'vscode-languageserver';

/** What an item is before it has its place. */
export interface Suggestion {
  readonly label: string;
  readonly kind: CompletionItemKind;
  readonly detail?: string;
  /** Markdown. */
  readonly documentation?: string;
  /** What is put in, where it is not the label. */
  readonly text?: string;
}
