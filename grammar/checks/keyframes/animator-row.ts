import type { Fix } from '../../problem.ts';
import { documentSpan, type TextLine } from '../../syntax/document.ts';
import { replace } from '../check.ts';

/** A row of a schedule of the Animator extension for A1111. */
export interface AnimatorRow {
  readonly kind: string;
  /** `prompt` rows only. */
  readonly fix: Fix | null;
  readonly key: string;
}

/** The kinds of its rows (https://github.com/Animator-Anon/animator_extension, README). */
const ROW =
  /^(\d{1,6}(?:\.\d{1,6})?)[ \t]*\|[ \t]*(prompt|template|seed|subseed|denoise|cfg_scale|transform|source|prop|set_text|clear_text|set_stamp|clear_stamp|col_set|col_clear|model)\b[ \t]*(?:\||$)/i;

/** `5 | prompt | a fox | blurry` → `5s: a fox --neg blurry`: its times are seconds. null for any other line. */
export function animatorRow({ prompt, line }: TextLine): AnimatorRow | null {
  const match = ROW.exec(prompt.text);
  if (!match) return null;
  const [, time = '', kind = ''] = match;
  const key = Number(time) === 0 ? '0' : `${time}s`;
  if (kind.toLowerCase() !== 'prompt') return { kind, key, fix: null };
  const [positive = '', negative = ''] = prompt.text
    .slice(match[0].length)
    .split('|')
    .map((part) => part.trim());
  const text = `${key}: ${positive}${negative === '' ? '' : ` --neg ${negative}`}`;
  const { end } = documentSpan(prompt, 0, prompt.text.length);
  return { kind, key, fix: replace(`Change to “${key}:”`, { start: line.start, end }, text) };
}
