import type { Position, Range, WorkspaceEdit } from 'vscode-languageserver';
import { DEFINITION_NAME } from '../../grammar/settings/value-types.ts';
import type { Analysis } from '../documents/analysis.ts';
import type { LinkedFiles } from '../documents/linked-files.ts';
import type { TravelFiles } from '../hosts/server-host.ts';
import { definitionsIn, nameAt, occurrencesIn, occurrencesOf, rangeIn } from './names.ts';

export type Rename =
  | { readonly ok: true; readonly edit: WorkspaceEdit }
  | { readonly ok: false; readonly reason: string };

const refused = (reason: string): Rename => ({ ok: false, reason });

/**
 * The name at a position; null if there is no name, or if it cannot be renamed.
 *
 * @param reachesOthers whether files that this one extends can be edited, too
 */
export function renameRangeOf(analysis: Analysis, position: Position, reachesOthers = false): Range | null {
  const wanted = nameAt(analysis, position);
  const isKnown =
    wanted &&
    (analysis.effective.spans.has(`define.${wanted.name}`) || (reachesOthers && isDefined(analysis, wanted.name)));
  return isKnown ? analysis.rangeOf(wanted.span) : null;
}

/**
 * Renames a definition in every file that shares it.
 *
 * @param newName may be written with its `$`
 * @param linked the files that share the name, with the document; null: the document alone
 */
export function renameOf(
  analysis: Analysis,
  position: Position,
  newName: string,
  linked: LinkedFiles | null = null,
): Rename {
  const wanted = nameAt(analysis, position);
  if (!wanted || !isDefined(analysis, wanted.name)) {
    return refused('Only names that this file defines under `define`, or a file that it extends, can be renamed.');
  }
  const name = newName.replace(/^\$\{?|\}$/g, '');
  if (!DEFINITION_NAME.test(name)) {
    return refused(`“${newName}” is not a valid name. Use letters, digits and underscores; do not start with a digit.`);
  }
  if (name !== wanted.name && isDefined(analysis, name)) {
    return refused(`“${name}” is already defined. Choose another name.`);
  }
  if (!linked) {
    if (!analysis.effective.spans.has(`define.${wanted.name}`)) {
      return refused(`“${wanted.name}” is defined in a file that cannot be edited here.`);
    }
    const edits = occurrencesOf(analysis, position).map(({ span }) => ({
      range: analysis.rangeOf(span),
      newText: name,
    }));
    return { ok: true, edit: { changes: { [analysis.uri]: edits } } };
  }
  if (!linked.isComplete) {
    return refused('The folder has too many .travel files to find every use of the name. Open a smaller folder.');
  }
  const taken = linked.files.find(
    ({ spans }) => name !== wanted.name && definitionsIn(spans).some((d) => d.name === name),
  );
  if (taken) return refused(`“${name}” is already defined in “${fileName(taken.uri)}”. Choose another name.`);
  const changes = linked.files.flatMap((file) => {
    const found = occurrencesIn(file.document, file.spans, wanted.name);
    const edits = found.map(({ span }) => ({ range: rangeIn(file, span), newText: name }));
    return edits.length > 0 ? [[file.uri, edits] as const] : [];
  });
  return { ok: true, edit: { changes: Object.fromEntries(changes) } };
}

/** Why the files of a rename cannot be edited; null if they can. Open documents are the editor's. */
export async function reasonAgainst(
  { changes = {} }: WorkspaceEdit,
  open: readonly string[],
  disk: Pick<TravelFiles, 'isEditable'>,
): Promise<string | null> {
  for (const uri of Object.keys(changes)) {
    if (!open.includes(uri) && !(await disk.isEditable(uri))) {
      return `“${fileName(uri)}” uses this name and cannot be edited. Change its permissions first.`;
    }
  }
  return null;
}

const fileName = (uri: string) => {
  const name = uri.slice(uri.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    // A `%` that is not escaped.
    return name;
  }
};

function isDefined({ effective: { settings } }: Analysis, name: string): boolean {
  return Object.hasOwn(settings.define, name);
}
