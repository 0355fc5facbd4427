import { withLineEndsOf } from '../line-ends.ts';
import type { Fix, TextSpan } from '../problem.ts';
import { addSettings, type NewSetting, settingsFor } from '../settings/add-settings.ts';
import type { TravelDocument } from '../syntax/document.ts';

/** Text of another tool, and what it becomes in this language. */
export interface Conversion {
  /** Without the white space around it. */
  readonly span: TextSpan;
  /** Lines joined by `\n`. */
  readonly text: string;
  readonly settings: readonly NewSetting[];
  /** What could not be carried over, one or more sentences each. */
  readonly notes: readonly string[];
}

/**
 * The edits that convert a part of a file, and what they cannot carry over. Settings come first, because they may be
 * inserted at the same place.
 */
export function conversionEdits(
  document: Pick<TravelDocument, 'text' | 'frontMatter'>,
  { span, text, settings, notes }: Conversion,
): Pick<Fix, 'edits'> & { readonly notes: readonly string[] } {
  const own = settingsFor(document, settings);
  const added = addSettings(document, own.added);
  return {
    edits: [...(added ? [added] : []), { span, text: withLineEndsOf(document.text, text) }],
    notes: [...notes, ...own.notes],
  };
}

/** A note is a comment on one line. */
export const onOneLine = (note: string): string => note.replace(/[\r\n]+/g, ' ');

/** Names what has no equivalent. */
export const notCarried = (names: readonly string[]): string[] =>
  names.length === 0 ? [] : [`Not converted: ${names.join(', ')}`];
