import type { Location, Position } from 'vscode-languageserver';
import type { Analysis } from '../documents/analysis.ts';
import { occurrencesOf } from './names.ts';

export function referencesOf(analysis: Analysis, position: Position, includeDeclaration: boolean): Location[] {
  return occurrencesOf(analysis, position)
    .filter(({ isDefinition }) => includeDeclaration || !isDefinition)
    .map(({ span }) => ({ uri: analysis.uri, range: analysis.rangeOf(span) }));
}
