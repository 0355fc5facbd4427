import type { TextEdit } from 'vscode-languageserver';
import { formatDocument } from '../../grammar/format/format.ts';
import type { Analysis } from '../documents/analysis.ts';

/** Formats the whole document. What it renders does not change. */
export function formattingOf(analysis: Analysis): TextEdit[] {
  const { settings } = analysis.effective;
  return formatDocument(analysis.document, { settings }).map(({ span, text }) => ({
    range: analysis.rangeOf(span),
    newText: text,
  }));
}
