import { CLOSER } from './brackets.ts';

/** The front matter, from `---` at the start of the file to the closing `---`; the whole file if it is never closed. */
const MATTER_OPEN = /^\uFEFF?---[ \t]*(?:\r?\n|$)/;
const MATTER_CLOSE = /(?<=[\r\n])---[ \t]*(?![^\r\n])/g;

/** The offset after the closing `---`; 0 without front matter. */
export function frontMatterEnd(text: string): number {
  const open = MATTER_OPEN.exec(text);
  if (!open) return 0;
  MATTER_CLOSE.lastIndex = open[0].length;
  const close = MATTER_CLOSE.exec(text);
  return close ? close.index + close[0].length : text.length;
}

/** What opens, closes or hides a bracket, and the ends of lines. No comma: a tag that is never closed ends at one. */
const TOKEN =
  /\\[^\r\n]|(?<!\S)#[^\r\n]*|(?<!\S)--neg(?![\w-])|<\w+:[^<>\r\n]*>|<(?:lora|lyco|hypernet):[^<>,]*>|\$\{[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*\}|[()[\]{}]|\n/g;

const POSITION = String.raw`-?\d+(?:\.\d+)?(?:%|ms|s)?`;
const TRANSITION = String.raw`[ \t]+(?:linear|cut|hold|step[\w-]*|ease[\w-]*|cubic-?bezier[ \t]*\([^()\r\n]*\))`;

/** A line that is a keyframe beyond doubt, as `0.8::calm`, an option of a choice, is not. */
const CLEAR_KEY = new RegExp(
  String.raw`(?<![^\n])[ \t\u3000]*(${POSITION}(?:[ \t]*-[ \t]*${POSITION})?(?:${TRANSITION})?[ \t]*:)(?=[ \t\r\n]|$)`,
  'y',
);

/** The key at an offset that starts a line; null if the line is no keyframe by its form. */
export function clearKeyAt(text: string, lineStart: number): { readonly start: number; readonly key: string } | null {
  CLEAR_KEY.lastIndex = lineStart;
  const match = CLEAR_KEY.exec(text);
  return match ? { start: lineStart + match[0].length - match[1]!.length, key: match[1]! } : null;
}

interface OpenBracket {
  readonly closer: string;
  readonly at: number;
}

/**
 * The text with the lines that a bracket, a brace or a tag spans joined to one line each: their line breaks, and the
 * comments between them, are spaces. All offsets stay the same. In linear time.
 *
 * A bracket that is never closed joins nothing. So that a forgotten one does not swallow keyframes, a bracket also ends
 * at a keyframe below an empty line, and none that is open at one keyframe is closed in the line of a later one.
 */
export function joinBracketLines(text: string): string {
  const inside: { start: number; end: number }[] = [];
  const join = (start: number, end: number) => {
    while (inside.length > 0 && inside.at(-1)!.start >= start) inside.pop();
    inside.push({ start, end });
  };
  const body = frontMatterEnd(text);
  let open: OpenBracket[] = [];
  let line = { start: body, isKey: clearKeyAt(text, body) !== null };
  // Where the keyframe above starts; brackets before the end of its line are older than the current keyframe.
  let earlierKey = -1;
  TOKEN.lastIndex = body;
  for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
    const [token] = match;
    const at = match.index;
    if (token === '\n') {
      if (line.isKey) earlierKey = line.start;
      const isEmpty = text.slice(line.start, at).trim() === '';
      line = { start: at + 1, isKey: clearKeyAt(text, at + 1) !== null };
      if (line.isKey && isEmpty) open = [];
    } else if (token === '--neg') open = [];
    else if (token[0] === '<') {
      if (!token.includes('\n')) continue;
      if (spansKey(text, at, at + token.length)) TOKEN.lastIndex = at + 1;
      else {
        join(at, at + token.length);
        line = { start: text.lastIndexOf('\n', at + token.length) + 1, isKey: false };
      }
    } else if (CLOSER[token]) open.push({ closer: CLOSER[token], at });
    else if (open.at(-1)?.closer === token) {
      const { at: start } = open.at(-1)!;
      if (start < line.start && line.isKey && start < lineEnd(text, earlierKey)) open = [];
      else {
        open.pop();
        if (start < line.start) join(start, at);
      }
    }
  }
  return blank(text, inside);
}

function lineEnd(text: string, start: number): number {
  if (start < 0) return -1;
  const newline = text.indexOf('\n', start);
  return newline < 0 ? text.length : newline;
}

function spansKey(text: string, start: number, end: number): boolean {
  for (let at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) {
    if (clearKeyAt(text, at + 1)) return true;
  }
  return false;
}

const BREAK_OR_COMMENT = /\r?\n|(?<!\S)#[^\r\n]*/g;

/** Replaces the line breaks and comments in the ranges by as many spaces. */
function blank(text: string, ranges: readonly { readonly start: number; readonly end: number }[]): string {
  let result = '';
  let copied = 0;
  for (const { start, end } of ranges) {
    if (!text.slice(start, end).includes('\n')) continue;
    result += text.slice(copied, start);
    result += text.slice(start, end).replace(BREAK_OR_COMMENT, (written) => ' '.repeat(written.length));
    copied = end;
  }
  return copied === 0 ? text : result + text.slice(copied);
}
