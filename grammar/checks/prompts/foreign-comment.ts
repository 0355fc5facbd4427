import { findSchedules } from '../../pasted/schedules.ts';
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

const CODE = 'travel/foreign-comment';

export const foreignComment: Check = {
  code: CODE,
  run({ document, settings: { frames } }) {
    return outsideSchedules(commentsIn(document), document, frames).map((comment) =>
      problem(comment, document, fixesInBody),
    );
  },
};

/** A pasted schedule is converted with its comments. */
function outsideSchedules(comments: Comment[], { text, frontMatter }: TravelDocument, frames: number): Comment[] {
  if (comments.length === 0) return [];
  const schedules = findSchedules(text, frontMatter?.span.end ?? 0, frames);
  let next = 0;
  return comments.filter(({ span: { start } }) => {
    while (next < schedules.length && lineEnd(text, schedules[next]!.span.end) <= start) next++;
    return (schedules[next]?.span.start ?? text.length) > start;
  });
}

/** In the value of a setting, “#” starts no comment. */
export const foreignCommentInSettings: Check = {
  code: CODE,
  run: ({ document }) => commentsIn(document).map((comment) => problem(comment, document, removal)),
};

function problem(
  comment: Comment,
  { text }: TravelDocument,
  fixesOf: (comment: Comment, text: string) => readonly Fix[],
): Problem {
  const { span, opening } = comment;
  const [written] = text.slice(span.start, Math.min(span.end, span.start + 40)).split(/[\r\n]/);
  return {
    code: CODE,
    severity: 'warning',
    message: `“${written!.trimEnd()}” is ${opening === '<!--' ? 'an HTML comment' : 'a comment of C or JavaScript'}. It is treated as prompt text here. Start a comment with “#”, or remove it.`,
    span,
    fixes: fixesOf(comment, text),
  };
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
  return [...(isAtLineEnd && canStart ? [hash] : []), ...removal(comment, text)];
}

/** A “#” in front of every line of a comment, without its other markers. */
function hashEdits({ span: { start, end }, opening, closing }: Comment, text: string): Fix['edits'] {
  const content = text.slice(start + opening.length, end - closing.length).trimEnd();
  const lines = content.replace(/(\r?\n|\r)[ \t]*(?:\*(?=[ \t]))?/g, '$1#').replace(/#(?=[^ \t\r\n])/g, '# ');
  const space = /^[ \t\r\n]/.test(lines) || lines === '' ? '' : ' ';
  return [{ span: { start, end }, text: `#${space}${lines}` }];
}

/** Removes a comment and, so that no two spaces remain, the spaces at one of its sides. Several lines are left alone. */
function removal({ span: { start, end } }: Comment, text: string): readonly Fix[] {
  if (/[\r\n]/.test(text.slice(start, end))) return [];
  let from = start;
  let to = end;
  if (/[ \t]/.test(text[end] ?? '')) while (/[ \t]/.test(text[to] ?? '')) to++;
  else if (/[,.;:)\]}\r\n]|^$/.test(text[end] ?? '')) while (/[ \t]/.test(text[from - 1] ?? '')) from--;
  return [{ title: 'Remove the comment', edits: [{ span: { start: from, end: to }, text: '' }], mechanical: false }];
}
