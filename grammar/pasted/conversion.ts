import { withLineEndsOf } from '../line-ends.ts';
import type { Fix, TextSpan } from '../problem.ts';
import { addSettings, type NewSetting } from '../settings/add-settings.ts';
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

/** The edits that convert a part of a file. Settings come first, because they may be inserted at the same place. */
export function conversionEdits(
  { text: source, frontMatter }: Pick<TravelDocument, 'text' | 'frontMatter'>,
  { span, text, settings, notes }: Conversion,
): Fix['edits'] {
  const added = addSettings({ text: source, frontMatter }, settings, notes.map(onOneLine));
  return [...(added ? [added] : []), { span, text: withLineEndsOf(source, text) }];
}

/** A note is a comment on one line. */
export const onOneLine = (note: string): string => note.replace(/[\r\n]+/g, ' ');

/** Names what has no equivalent. */
export const notCarried = (names: readonly string[]): string[] =>
  names.length === 0 ? [] : [`Not converted: ${names.join(', ')}`];
