import type { TextEdit } from 'vscode-languageserver';
import { formatDocument } from '../../grammar/format/format.ts';
import type { Analysis } from '../documents/analysis.ts';

/** Tidies the layout of the whole document, never a word of a prompt. */
export function formattingOf(analysis: Analysis): TextEdit[] {
  return formatDocument(analysis.document).map(({ span, text }) => ({ range: analysis.rangeOf(span), newText: text }));
}
