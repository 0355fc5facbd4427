import type { DocumentHighlight, Position } from 'vscode-languageserver';
import type { Analysis } from '../documents/analysis.ts';
import { occurrencesOf } from './names.ts';

export function documentHighlightsOf(analysis: Analysis, position: Position): DocumentHighlight[] {
  return occurrencesOf(analysis, position).map(({ span }) => ({ range: analysis.rangeOf(span) }));
}
