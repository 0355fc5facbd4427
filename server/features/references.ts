import type { Location, Position } from 'vscode-languageserver';
import type { Analysis } from '../documents/analysis.ts';
import type { NamedFile } from '../documents/linked-files.ts';
import { nameAt, occurrencesIn, occurrencesOf, rangeIn } from './names.ts';

/** @param files that share the name, with the document; null: the document alone */
export function referencesOf(
  analysis: Analysis,
  position: Position,
  includeDeclaration: boolean,
  files: readonly NamedFile[] | null = null,
): Location[] {
  const wanted = nameAt(analysis, position);
  const isListed = ({ isDefinition }: { readonly isDefinition: boolean }) => includeDeclaration || !isDefinition;
  if (!wanted || !files) {
    return occurrencesOf(analysis, position)
      .filter(isListed)
      .map(({ span }) => ({ uri: analysis.uri, range: analysis.rangeOf(span) }));
  }
  return files.flatMap((file) =>
    occurrencesIn(file.document, file.spans, wanted.name)
      .filter(isListed)
      .map(({ span }) => ({ uri: file.uri, range: rangeIn(file, span) })),
  );
}
