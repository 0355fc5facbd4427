import type { TextSpan } from '../problem.ts';

/** `key: value` in a map in braces; the value as it was meant, which YAML may end earlier. */
export interface FlowEntry {
  readonly key: string;
  readonly value: string;
  readonly span: TextSpan;
}

/** White space, commas, and comments. */
const GAP = /(?:[\s,]|#[^\n]*)*/y;
const SPACES = /[ \t]*/y;
const LONGEST_KEY = 60;
const KEY = /^(["']?)[\p{L}\p{N}_][\p{L}\p{N}_ -]*\1$/u;
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
  for (let at = after(GAP, text, start + 1); ; at = after(GAP, text, at)) {
    const colon = text.indexOf(':', at);
    const key = colon < 0 || colon - at > LONGEST_KEY ? '' : text.slice(at, colon);
    if (!KEY.test(key) || !/[ \t\r\n]/.test(text.charAt(colon + 1))) {
      return text.charAt(at) === '}' ? { entries, end: at } : { entries: [], end: start };
    }
    const from = after(SPACES, text, colon + 1);
    at = endOfQuoted(text, from) ?? endOfPlain(text, from);
    const value = text.slice(from, at).trimEnd().replace(/,$/, '').trimEnd();
    entries.push({ key: key.replace(/["']/g, ''), value, span: { start: from, end: from + value.length } });
  }
}

/** The offset after what a sticky expression matches. */
function after(expression: RegExp, text: string, at: number): number {
  expression.lastIndex = at;
  expression.test(text);
  return expression.lastIndex;
}

/** null if the value is not in quotes as a whole. */
function endOfQuoted(text: string, start: number): number | null {
  const quote = text.charAt(start);
  if (quote !== '"' && quote !== "'") return null;
  let at = start + 1;
  for (; at < text.length; at++) {
    if (quote === '"' && text[at] === '\\') at++;
    else if (quote === "'" && text.startsWith("''", at)) at++;
    else if (text[at] === quote) break;
  }
  return /^$|[,}\r\n]/.test(text.charAt(after(SPACES, text, at + 1))) ? at + 1 : null;
}

function endOfPlain(text: string, start: number): number {
  END.lastIndex = start;
  return END.exec(text)?.index ?? text.length;
}
