import type { TextEdit } from 'vscode-languageserver';
import { formatDocument } from '../../grammar/format/format.ts';
import type { Analysis } from '../documents/analysis.ts';

/** Formats the whole document. The words of its prompts stay as they are. */
export function formattingOf(analysis: Analysis): TextEdit[] {
  return formatDocument(analysis.document).map(({ span, text }) => ({ range: analysis.rangeOf(span), newText: text }));
}
