import type { TextSpan } from '../problem.ts';

/** `key: value` in a map in braces; the value as it was meant, which YAML may end earlier. */
export interface FlowEntry {
  readonly key: string;
  readonly value: string;
  readonly span: TextSpan;
}

const GAP = /(?:[\s,]|#[^\n]*)*/y;
const KEY = /["']?([\p{L}\p{N}_][\p{L}\p{N}_ -]{0,60})["']?:(?=[ \t\r\n])[ \t]*/uy;
const QUOTED = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^']|'')*'/y;
const AFTER_VALUE = /(?=[ \t]*[,}\r\n])/y;
/** What ends a value that is not in quotes: the next key, the brace at the end of its line, or the end of the line. */
const END = /,(?=[ \t]*["']?[\p{L}\p{N}_][\p{L}\p{N}_ -]{0,60}["']?:[ \t])|\}[ \t]*(?:#[^\n]*)?$|$/gmu;

/**
 * The entries of a map in braces, read by its keys, so that a value may contain what would end it in YAML.
 *
 * @param start offset of the opening brace
 * @returns `end`: offset of the closing brace. No entries if there is none: YAML explains that better
 */
export function flowEntries(text: string, start: number): { readonly entries: FlowEntry[]; readonly end: number } {
  const entries: FlowEntry[] = [];
  let at = start + 1;
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at = pattern.lastIndex;
    return match;
  };
  for (;;) {
    take(GAP);
    const key = take(KEY)?.[1];
    if (key === undefined) return text[at] === '}' ? { entries, end: at } : { entries: [], end: start };
    const from = at;
    if (!take(QUOTED) || !take(AFTER_VALUE)) {
      at = from;
      END.lastIndex = at;
      at = END.exec(text)?.index ?? text.length;
    }
    const value = text.slice(from, at).trimEnd().replace(/,$/, '').trimEnd();
    entries.push({ key: key.trimEnd(), value, span: { start: from, end: from + value.length } });
  }
}
