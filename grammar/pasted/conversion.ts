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
  /** Names of parts that have no equivalent. */
  readonly left: readonly string[];
}

/** The edits that convert a part of a file. Settings come first, because they may be inserted at the same place. */
export function conversionEdits(
  { text: source, frontMatter }: Pick<TravelDocument, 'text' | 'frontMatter'>,
  { span, text, settings, left }: Conversion,
): Fix['edits'] {
  const added = addSettings({ text: source, frontMatter }, settings, notesOf(left));
  return [...(added ? [added] : []), { span, text: withLineEndsOf(source, text) }];
}

/** Keeps a note of what has no equivalent. */
export function notesOf(left: readonly string[]): string[] {
  return left.length === 0 ? [] : [`Not converted: ${left.join(', ').replace(/[\r\n]+/g, ' ')}`];
}
