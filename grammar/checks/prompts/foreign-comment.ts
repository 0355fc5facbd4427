import { outsideSchedules } from '../../pasted/schedules.ts';
import type { Fix, Problem, TextSpan } from '../../problem.ts';
import { documentOffset, promptsOf, type TravelDocument } from '../../syntax/document.ts';
import type { Check } from '../check.ts';
import { maskTags } from './mask-tags.ts';

/** The start of a comment of C, JavaScript, CSS or HTML. `https://` is an address, and `///` is a blush. */
const START = /(?<!\S)(?:\/\/(?!\/)|\/\*)|<!--/g;

const ENDS: Readonly<Record<string, string>> = { '/*': '*/', '<!--': '-->' };

/** A comment in a document. */
interface Comment {
  readonly span: TextSpan;
  readonly opening: string;
  /** Empty if the comment extends to the end of its line. */
  readonly closing: string;
}

const KEY_AFTER = /^[ \t]*-?\d{1,9}(?:\.\d{1,9})?(?:%|ms|s)?:(?=[ \t])/;
const LONGEST_KEY = 40;

const CODE = 'travel/foreign-comment';

export const foreignComment: Check = {
  code: CODE,
  run({ document, settings: { frames } }) {
    const comments = outsideSchedules(commentsIn(document), ({ span }) => span.start, document, frames);
    return comments.map((comment) => problem(comment, document, fixesInBody));
  },
};

/** In the value of a setting, “#” starts no comment. */
export const foreignCommentInSettings: Check = {
  code: CODE,
  run: ({ document }) => commentsIn(document).map((comment) => problem(comment, document, removal)),
};

function problem(
  comment: Comment,
  document: TravelDocument,
  fixesOf: (comment: Comment, text: string) => readonly Fix[],
): Problem {
  const { text } = document;
  const { span, opening } = comment;
  const [written] = text.slice(span.start, Math.min(span.end, span.start + 40)).split(/[\r\n]/);
  const kind = opening === '<!--' ? 'an HTML comment' : 'a comment of C or JavaScript';
  return {
    code: CODE,
    severity: 'warning',
    message: `“${written!.trimEnd()}” is ${kind}. It is treated as prompt text here.${keysIn(comment, document)} Start a comment with “#”, or remove it.`,
    span,
    fixes: fixesOf(comment, text),
  };
}

/** What becomes of keys inside the comment, and of a key after it on its last line. */
function keysIn(comment: Comment, { text, keyframes }: TravelDocument): string {
  const { start, end } = comment.span;
  const inside = keyframes.find(({ line }) => line.start > start && line.start < end);
  const key = keyAfter(comment, text);
  const live = inside ? ` The keyframe “${inside.position.text}:” inside it is rendered.` : '';
  return key === null ? live : `${live} “${key.trim()}” after it is not a keyframe.`;
}

/** A key, with the spaces before it, on the last line of a comment of several lines. */
function keyAfter({ span: { start, end } }: Comment, text: string): string | null {
  if (!/[\r\n]/.test(text.slice(start, end))) return null;
  return KEY_AFTER.exec(text.slice(end, end + LONGEST_KEY))?.[0] ?? null;
}

/** Whether a line is such a comment, so that it needs no other advice. */
export function isComment(line: string): boolean {
  return /^\/\/(?!\/)/.test(line) || (line.startsWith('/*') && line.endsWith('*/')) || /^<!--.*-->$/.test(line);
}

function commentsIn(document: TravelDocument): Comment[] {
  const { text } = document;
  const comments: Comment[] = [];
  const unclosed = new Set<string>();
  let end = -1;
  for (const prompt of promptsOf(document)) {
    if (!/\/[/*]|<!--/.test(prompt.text)) continue;
    for (const { 0: opening, index } of maskTags(prompt.text).matchAll(START)) {
      const start = documentOffset(prompt, index);
      const closing = ENDS[opening] ?? '';
      if (start < end || unclosed.has(closing)) continue;
      const close = closing === '' ? Math.min(prompt.span.end, lineEnd(text, start)) : text.indexOf(closing, start + 2);
      if (close < 0) unclosed.add(closing);
      else {
        end = close + closing.length;
        comments.push({ span: { start, end }, opening, closing });
      }
    }
  }
  return comments;
}

function lineEnd(text: string, from: number): number {
  const newline = /[\r\n]/g;
  newline.lastIndex = from;
  return newline.exec(text)?.index ?? text.length;
}

function fixesInBody(comment: Comment, text: string): readonly Fix[] {
  const { start, end } = comment.span;
  const isAtLineEnd = text.slice(end, lineEnd(text, end)).trim() === '';
  // “#” after other than a space is text.
  const canStart = start === 0 || text[start - 1]!.trim() === '';
  const hash: Fix = { title: 'Change to a “#” comment', edits: hashEdits(comment, text), mechanical: false };
  return [...((isAtLineEnd || keyAfter(comment, text) !== null) && canStart ? [hash] : []), ...removal(comment, text)];
}

/** A “#” in front of every line of a comment, without its other markers. */
function hashEdits(comment: Comment, text: string): Fix['edits'] {
  const { span, opening, closing } = comment;
  const { start, end } = span;
  const content = text.slice(start + opening.length, end - closing.length).trimEnd();
  const lines = content.replace(/(\r?\n|\r)[ \t]*(?:\*(?=[ \t]))?/g, '$1#').replace(/#(?=[^ \t\r\n])/g, '# ');
  const space = /^[ \t\r\n]/.test(lines) || lines === '' ? '' : ' ';
  const hash = { span, text: `#${space}${lines}` };
  const key = keyAfter(comment, text);
  if (key === null) return [hash];
  const next = { start: end, end: end + key.length - key.trimStart().length };
  return [hash, { span: next, text: '\n' }];
}

/**
 * Removes a comment and, so that no two spaces remain, the spaces at one of its sides. Several lines are left alone.
 */
function removal({ span: { start, end } }: Comment, text: string): readonly Fix[] {
  if (/[\r\n]/.test(text.slice(start, end))) return [];
  let from = start;
  let to = end;
  if (/[ \t]/.test(text[end] ?? '')) while (/[ \t]/.test(text[to] ?? '')) to++;
  else if (/[,.;:)\]}\r\n]|^$/.test(text[end] ?? '')) while (/[ \t]/.test(text[from - 1] ?? '')) from--;
  return [{ title: 'Remove the comment', edits: [{ span: { start: from, end: to }, text: '' }], mechanical: false }];
}
