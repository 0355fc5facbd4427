import type { TextSpan } from '../problem.ts';
import type { Keyframe, NegativePart, PromptText, TextLine, TravelDocument, Written } from './document.ts';

/** The document of some lines of a file. */
export interface DocumentPart {
  readonly document: Omit<TravelDocument, 'text' | 'joined'>;
  /** Added to its spans, to make them spans of the whole file. */
  readonly by: number;
}

/**
 * Joins the documents of consecutive parts of a text. Every part except the first starts with a line that does not
 * continue a keyframe. Only the first part can have front matter.
 */
export function joinDocuments(text: string, joined: string, parts: readonly DocumentPart[]): TravelDocument {
  const head: TextLine[] = [];
  const keyframes: Keyframe[] = [];
  const tail: TextLine[] = [];
  const comments: TextSpan[] = [];
  for (const { document, by } of parts) {
    // Text before the first keyframe of a part follows the keyframes of earlier parts.
    const first = keyframes.length > 0 ? tail : head;
    for (const line of document.head) first.push(movedLine(line, by));
    for (const keyframe of document.keyframes) keyframes.push(movedKeyframe(keyframe, by));
    for (const line of document.tail) tail.push(movedLine(line, by));
    for (const span of document.comments) comments.push(moved(span, by));
  }
  return { text, joined, frontMatter: parts[0]?.document.frontMatter ?? null, head, keyframes, tail, comments };
}

function moved(span: TextSpan, by: number): TextSpan {
  return by === 0 ? span : { start: span.start + by, end: span.end + by };
}

function movedWritten({ text, span }: Written, by: number): Written {
  return { text, span: moved(span, by) };
}

function movedPrompt({ text, identity, span, runs, parts }: PromptText, by: number): PromptText {
  return {
    text,
    identity,
    span: moved(span, by),
    runs: runs.map(({ at, offset, length }) => ({ at, offset: offset + by, length })),
    parts: parts.map((part) => ({ kind: part.kind, text: part.text, span: moved(part.span, by) })),
  };
}

function movedNegative({ markers, prompt }: NegativePart, by: number): NegativePart {
  return { markers: markers.map((marker) => moved(marker, by)), prompt: movedPrompt(prompt, by) };
}

function movedLine(textLine: TextLine, by: number): TextLine {
  if (by === 0) return textLine;
  return { prompt: movedPrompt(textLine.prompt, by), line: moved(textLine.line, by) };
}

function movedKeyframe(keyframe: Keyframe, by: number): Keyframe {
  if (by === 0) return keyframe;
  return {
    position: movedWritten(keyframe.position, by),
    hold: keyframe.hold && movedWritten(keyframe.hold, by),
    transition: keyframe.transition && movedWritten(keyframe.transition, by),
    colon: moved(keyframe.colon, by),
    prompt: movedPrompt(keyframe.prompt, by),
    negative: keyframe.negative && movedNegative(keyframe.negative, by),
    span: moved(keyframe.span, by),
    line: moved(keyframe.line, by),
  };
}
