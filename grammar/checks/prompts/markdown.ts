import type { Fix, Problem, TextSpan } from '../../problem.ts';
import { documentSpan, promptsOf, type TextLine, type TravelDocument } from '../../syntax/document.ts';
import { type Check, findInPrompts } from '../check.ts';

const POSITION = String.raw`-?\d{1,6}(?:\.\d{1,6})?(?:%|ms|s)?`;
const KEY = String.raw`(${POSITION}(?:[ \t]?-[ \t]?${POSITION})?)`;
const WORD = String.raw`(?:(?:key)?frame[ \t]*)?`;

/** A line of a code fence, with the name of a language. */
const FENCE = /^`{3,}[\w+.-]*$/;

/** `**0:** a`, `**Frame 0**: a`, `- **0:** a`, `` `0:` a ``. */
const MARKED_KEY = new RegExp(
  String.raw`^(?:(?:[-*+•>]|\d{1,3}[.)])[ \t]+)?(\*{1,3}|_{1,3}|\x60)${WORD}${KEY}(?::[ \t]?\1:?|\1[ \t]?:)[ \t]*`,
  'i',
);

/** `**0: a**`: the whole line. */
const MARKED_LINE = new RegExp(
  String.raw`^(?:(?:[-*+•>]|\d{1,3}[.)])[ \t]+)?(\*{1,3}|_{1,3}|\x60)${WORD}${KEY}[ \t]?:[ \t]*([^*_\x60\r\n]{1,2000})\1$`,
  'i',
);

/** `### Frame 32: a`, which is a comment here. */
const HEADING = new RegExp(
  String.raw`^(#{1,6})[ \t]*\*{0,3}(frame[ \t]*|keyframe[ \t]*)?${KEY}(?:\*{1,3}:|:\*{0,3}|[ \t]+[-–—](?=[ \t]))[ \t]*(?=[^\s])`,
  'i',
);

/** `### Frame 32`, with the prompt on the next line. */
const LONE_HEADING = new RegExp(String.raw`^(#{1,6})[ \t]*\*{0,3}((?:key)?frame)[ \t]*${KEY}[*: \t]{0,9}$`, 'i');

/** The start of a line of text, after the end of the line above it. */
const NEXT_LINE = /\r?\n[ \t]*(?=[^\s#\d*_\x60>|•-])/y;

const BOLD = /(?<![*\\\p{L}\p{N}])\*\*(?=[\p{L}\p{N}("'])([^*\r\n]{0,200}[\p{L}\p{N})"':.!?])\*\*(?![*\p{L}\p{N}])/gu;

/** A piece of Markdown, and the edits that make it part of this language. */
interface Markup {
  readonly span: TextSpan;
  readonly what: string;
  readonly advice: string;
  readonly title: string;
  readonly edits: Fix['edits'];
}

/** Problems that are fixed at once. */
const MOST_TOGETHER = 100;

export const markdown: Check = {
  code: 'travel/markdown',
  run({ document }) {
    const lines = [...document.head, ...document.tail];
    const marked = lines.flatMap((line) => fence(line, document) ?? key(line, document) ?? []);
    const found = [...marked, ...bold(document, marked), ...headings(document, marked.length > 0)];
    const isShared = found.length > 1 && found.length <= MOST_TOGETHER;
    const together: Fix = {
      title: 'Remove all Markdown',
      edits: found.flatMap(({ edits }) => edits),
      mechanical: false,
    };
    const related = isShared ? found.map(({ span }) => ({ span, message: 'This is Markdown, too.' })) : [];
    return found.map(
      ({ span, what, advice, title, edits }): Problem => ({
        code: this.code,
        severity: 'warning',
        message: `This is ${what} of Markdown. ${advice}`,
        span,
        related,
        fixes: [...(isShared ? [together] : []), { title, edits, mechanical: false }],
      }),
    );
  },
};

/** Whether a line is Markdown as a whole, so that it needs no other advice. */
export function isMarkdown(line: string): boolean {
  return FENCE.test(line) || MARKED_KEY.test(line) || MARKED_LINE.test(line);
}

/** null if the line is something else. */
function fence({ prompt, line }: TextLine, { text }: TravelDocument): Markup | null {
  if (!FENCE.test(prompt.text)) return null;
  const newline = /^\r?\n/.exec(text.slice(line.end, line.end + 2))?.[0] ?? '';
  return {
    span: prompt.span,
    what: 'a code fence',
    advice: 'It is treated as prompt text here. Remove the line.',
    title: 'Remove the line',
    edits: [{ span: { start: line.start, end: line.end + newline.length }, text: '' }],
  };
}

function key({ prompt, line }: TextLine, { text }: TravelDocument): Markup | null {
  const whole = MARKED_LINE.exec(prompt.text);
  const match = whole ?? MARKED_KEY.exec(prompt.text);
  if (!match) return null;
  const start = line.start;
  if (whole) {
    const edits = [{ span: { start, end: prompt.span.end }, text: keyframe(match[2]!, plain(match[3]!)) }];
    return keyMarkup(prompt.span, 'a marked key', match[2]!, edits);
  }
  const isAlone = match[0].trimEnd() === text.slice(prompt.span.start, line.end).trimEnd();
  const next = isAlone ? nextLine(text, line.end) : null;
  if (next)
    return keyMarkup(
      { start: prompt.span.start, end: next.end },
      'a marked key',
      match[2]!,
      keyAbove(match[2]!, start, next),
    );
  // The rest stays as it is in the document, with its escapes and its comment.
  const end = documentSpan(prompt, 0, match[0].length).end;
  return keyMarkup(prompt.span, 'a marked key', match[2]!, [{ span: { start, end }, text: keyframe(match[2]!, '') }]);
}

/** The text in the line below; null if that line is empty or something else. */
function nextLine(text: string, end: number): TextSpan | null {
  NEXT_LINE.lastIndex = end;
  const start = NEXT_LINE.exec(text) && NEXT_LINE.lastIndex;
  if (start === null) return null;
  const newline = text.indexOf('\n', start);
  return { start, end: newline < 0 ? text.length : newline };
}

/** Joins a key with the line below. */
const keyAbove = (position: string, start: number, next: TextSpan): Fix['edits'] => [
  { span: { start, end: next.start }, text: keyframe(position, '') },
];

function headings({ comments, keyframes, text }: TravelDocument, isMarkdown: boolean): Markup[] {
  if (comments.length === 0) return [];
  const present = new Set(keyframes.map(({ position }) => position.text));
  return comments.flatMap(({ start, end }) => {
    const comment = text.slice(start, Math.min(end, start + 2000)).trimEnd();
    const lone = LONE_HEADING.exec(comment);
    const next = lone ? nextLine(text, start + comment.length) : null;
    const match = next ? lone : HEADING.exec(comment);
    if (!match || (start > 0 && !/[\r\n]/.test(text[start - 1]!))) return [];
    const [written, level, word, position] = match;
    // A comment above a keyframe, or a keyframe that is commented out.
    if (present.has(position!.split(/(?<=.)-/)[0]!.trim())) return [];
    const isLikely = isMarkdown || keyframes.length === 0;
    if (level === '#' ? !word || keyframes.length > 0 : !word && !isLikely) return [];
    if (next) return [keyMarkup({ start, end: next.end }, 'a heading', position!, keyAbove(position!, start, next))];
    const edits = [{ span: { start, end }, text: keyframe(position!, plain(text.slice(start + written.length, end))) }];
    return [keyMarkup({ start, end }, 'a heading', position!, edits)];
  });
}

function keyMarkup(span: TextSpan, what: string, position: string, edits: Fix['edits']): Markup {
  const key = `${position}:`;
  const advice = `${what === 'a heading' ? 'It is a comment here, so the keyframe is lost' : 'It is treated as prompt text here'}. Write \`${key} …\`.`;
  return { span, what, advice, title: `Change to “${key}”`, edits };
}

/** A “#” after the key would start a comment. */
const keyframe = (position: string, prompt: string) => `${position}: ${prompt.replace(/^(?=#)/, '\\')}`;

const plain = (text: string) => text.replace(BOLD, '$1').trim();

/** Bold words, except in lines that are replaced as a whole. */
function bold(document: TravelDocument, marked: readonly Markup[]): Markup[] {
  if (!promptsOf(document).some(({ text }) => text.includes('**'))) return [];
  const replaced = marked.flatMap(({ edits }) => edits.map(({ span }) => span));
  let next = 0;
  return findInPrompts(document, BOLD)
    .toSorted((a, b) => a.span.start - b.span.start)
    .filter(({ span }) => {
      while (next < replaced.length && replaced[next]!.end <= span.start) next++;
      return (replaced[next]?.start ?? span.end) >= span.end;
    })
    .map(({ text, groups, span }) => ({
      span,
      what: `bold text`,
      advice: `Its asterisks are treated as prompt text here. Write “(${groups[0]})” for more weight, or remove them.`,
      title: `Remove the asterisks of “${text.slice(0, 40)}”`,
      edits: [
        { span: { start: span.start, end: span.start + 2 }, text: '' },
        { span: { start: span.end - 2, end: span.end }, text: '' },
      ],
    }));
}
