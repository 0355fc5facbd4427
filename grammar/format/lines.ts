import type { TextSpan } from '../problem.ts';
import type { TravelDocument } from '../syntax/document.ts';

/** A line of the body that is not empty. */
export interface BodyLine {
  /** Without trailing spaces and the newline, but with the indentation. */
  readonly span: TextSpan;
  /** A comment line belongs to the same part as the next line, or, at the end, as the previous line. */
  readonly part: 'head' | 'keyframes' | 'tail';
}

/** The lines of the body that are not empty, in order. */
export function bodyLines({ text, frontMatter, head, keyframes, tail, comments }: TravelDocument): BodyLine[] {
  // In the order of the file. Brackets can join several lines to one.
  const texts = [
    ...head.map(({ line }) => ({ line, part: 'head' as const })),
    ...tail.map(({ line }) => ({ line, part: 'tail' as const })),
  ];
  let next = 0;
  const commentStarts = new Set(comments.map(({ start }) => start));
  // Keyframes include their continuation lines and the comments between these.
  let keyframe = 0;

  const spans: { span: TextSpan; part: BodyLine['part'] | null }[] = [];
  let start = frontMatter?.span.end ?? (text.startsWith('\uFEFF') ? 1 : 0);
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const lineEnd = newline < 0 ? text.length : newline;
    let end = lineEnd;
    while (end > start && isSpace(text[end - 1]!)) end--;
    // A backslash makes the space after it part of the prompt.
    if (end < lineEnd && text[end] !== '\r' && isEscaping(text, end)) end++;
    let content = start;
    while (content < end && isSpace(text[content]!)) content++;
    if (content < end) {
      while (keyframe < keyframes.length && keyframes[keyframe]!.span.end <= content) keyframe++;
      const inKeyframe = keyframe < keyframes.length && keyframes[keyframe]!.line.start <= start;
      while (next < texts.length && texts[next]!.line.end < content) next++;
      const own = texts[next];
      const part = own && own.line.start <= start ? own.part : inKeyframe ? 'keyframes' : null;
      spans.push({ span: { start, end }, part: part ?? (commentStarts.has(content) ? null : 'keyframes') });
    }
    start = lineEnd + 1;
  }
  let following: BodyLine['part'] | null = null;
  for (let i = spans.length - 1; i >= 0; i--) {
    following = spans[i]!.part ?? following;
    spans[i]!.part = following;
  }
  let before: BodyLine['part'] = 'head';
  return spans.map(({ span, part }) => {
    before = part ?? before;
    return { span, part: before };
  });
}

/** Whether an odd number of backslashes precedes `end`. In an even number, they escape each other. */
function isEscaping(text: string, end: number): boolean {
  let start = end;
  while (start > 0 && text[start - 1] === '\\') start--;
  return (end - start) % 2 === 1;
}

const isSpace = (character: string) => /[ \t\r\u3000]/.test(character);
