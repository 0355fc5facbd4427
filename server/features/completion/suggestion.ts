import type { CompletionItemKind } from 'vscode-languageserver';

/** A completion item without its range. */
export interface Suggestion {
  readonly label: string;
  readonly kind: CompletionItemKind;
  readonly detail?: string;
  /** Markdown. */
  readonly documentation?: string;
  /** What is compared with the text in the range, if it does not start as the label does. */
  readonly filter?: string;
  /** The inserted text, if it is not the label. */
  readonly text?: string;
  /** Whether there is something to suggest after the inserted text. */
  readonly opensNext?: boolean;
}
