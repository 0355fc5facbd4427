import type { Position, Range, WorkspaceEdit } from 'vscode-languageserver';
import { DEFINITION_NAME } from '../../grammar/settings/value-types.ts';
import type { Analysis } from '../documents/analysis.ts';
import { definitionsIn, type NameOccurrence, nameAt, occurrencesOf } from './names.ts';

export type Rename =
  | { readonly ok: true; readonly edit: WorkspaceEdit }
  | { readonly ok: false; readonly reason: string };

/** The name at a position; null if there is no name, or if another file defines it. */
export function renameRangeOf(analysis: Analysis, position: Position): Range | null {
  const wanted = nameAt(analysis, position);
  return wanted && isDefinedHere(analysis, wanted) ? analysis.rangeOf(wanted.span) : null;
}

/** @param newName may be written with its `$` */
export function renameOf(analysis: Analysis, position: Position, newName: string): Rename {
  const wanted = nameAt(analysis, position);
  if (!wanted || !isDefinedHere(analysis, wanted)) {
    return { ok: false, reason: 'Only names that this file defines under `define` can be renamed.' };
  }
  const name = newName.replace(/^\$\{?|\}$/g, '');
  if (!DEFINITION_NAME.test(name)) {
    return {
      ok: false,
      reason: `“${newName}” is not a valid name. Use letters, digits and underscores; do not start with a digit.`,
    };
  }
  if (name !== wanted.name && definitionsIn(analysis.effective.spans).some((other) => other.name === name)) {
    return { ok: false, reason: `“${name}” is already defined. Choose another name.` };
  }
  const edits = occurrencesOf(analysis, position).map(({ span }) => ({ range: analysis.rangeOf(span), newText: name }));
  return { ok: true, edit: { changes: { [analysis.uri]: edits } } };
}

function isDefinedHere({ effective: { spans } }: Analysis, { name }: NameOccurrence): boolean {
  return definitionsIn(spans).some((definition) => definition.name === name);
}
