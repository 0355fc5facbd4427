import { applyEdits } from '../format/format.ts';
import { type Conversion, conversionEdits, onOneLine } from '../pasted/conversion.ts';
import type { Fix } from '../problem.ts';
import { addSettings } from '../settings/add-settings.ts';
import type { TravelDocument } from '../syntax/document.ts';
import { parseTravel } from '../syntax/parse.ts';
import { followedBy, inOrder } from './longer-clip.ts';

/** A fix that converts text of another tool. */
export function conversionFix(
  title: string,
  document: Pick<TravelDocument, 'text' | 'frontMatter'>,
  conversion: Conversion,
): Fix {
  return { title, mechanical: false, ...conversionEdits(document, conversion) };
}

/** The edits of fixes and, as comments of the settings, what they cannot carry over. */
export function commentedEdits(text: string, fixes: readonly Fix[]): Fix['edits'] {
  const edits = inOrder(fixes.flatMap((fix) => fix.edits));
  const notes = fixes.flatMap((fix) => fix.notes ?? []).map(onOneLine);
  if (notes.length === 0) return edits;
  const comments = addSettings(parseTravel(applyEdits(text, edits)), [], notes);
  return (comments && followedBy(edits, comments)) ?? edits;
}
