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
/** What ends a value that is not in quotes: the next key, the brace at the end of its line, a comment, or the end of the line. */
const END =
  /,(?=[ \t]*["']?[\p{L}\p{N}_][\p{L}\p{N}_ -]{0,60}["']?:[ \t])|\}[ \t]*(?:#[^\n]*)?$|(?<=[ \t])#(?=[ \t]|$)|$/gmu;

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

/**
 * The end of a list in brackets or a map in braces.
 *
 * @param start offset of the opening bracket
 * @returns offset of the closing one; null if there is none
 */
export function flowEnd(text: string, start: number): number | null {
  let depth = 0;
  /** Whether a value can begin here: a quotation mark within a word is a part of it. */
  let isBefore = true;
  for (let at = start; at < text.length; at++) {
    const character = text.charAt(at);
    if (/\s/.test(character)) continue;
    if (isBefore && (character === '"' || character === "'")) at = closingQuote(text, at);
    else if (character === '#' && /\s/.test(text.charAt(at - 1))) at = lineEnd(text, at) - 1;
    else if (character === '[' || character === '{') depth++;
    else if ((character === ']' || character === '}') && --depth === 0) return at;
    isBefore = /[[{,:]/.test(character);
  }
  return null;
}

/** The offset of the closing quotation mark; the text's length if there is none. */
export function closingQuote(text: string, start: number): number {
  const quote = text.charAt(start);
  for (let at = start + 1; at < text.length; at++) {
    if (quote === '"' && text[at] === '\\') at++;
    else if (quote === "'" && text.startsWith("''", at)) at++;
    else if (text[at] === quote) return at;
  }
  return text.length;
}

function lineEnd(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline < 0 ? text.length : newline;
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
  const at = closingQuote(text, start);
  return /^$|[,}\r\n]/.test(text.charAt(after(SPACES, text, at + 1))) ? at + 1 : null;
}

function endOfPlain(text: string, start: number): number {
  END.lastIndex = start;
  return END.exec(text)?.index ?? text.length;
}
