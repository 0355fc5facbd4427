import type { TextSpan } from '../protocol/problem.ts';
import type { Keyframe, NegativePart, PromptText, TextLine, TravelDocument, Written } from './document.ts';
import { parseTravel } from './parse.ts';

/**
 * The document of a text that differs from a parsed one, as after a keystroke: `reparse(before, text)` equals
 * `parseTravel(text)`. What a line means does not depend on lines outside its keyframe, so only the keyframes around the
 * change are parsed; the ones behind it are moved. A change before the second keyframe parses everything.
 */
export function reparse(before: TravelDocument, text: string): TravelDocument {
  const change = changeBetween(before.text, text);
  if (!change) return before;
  const { keyframes } = before;
  const around = firstAfter(keyframes, change.start);
  // The keyframe before the one that is changed: a key that becomes text is its continuation.
  const firstIndex = around - 2;
  const first = keyframes[firstIndex];
  if (!first || !beginsLine(before.text, first)) return parseTravel(text);
  // Strictly behind the change, so that the newline before it is untouched.
  let nextIndex = firstAfter(keyframes, change.end);
  while (keyframes[nextIndex] && !beginsLine(before.text, keyframes[nextIndex]!)) nextIndex++;
  const start = first.line.start;
  const end = keyframes[nextIndex]?.line.start ?? before.text.length;
  const by = text.length - before.text.length;
  const part = parseTravel(text.slice(start, end + by));

  const isBefore = ({ start: at }: TextSpan) => at < start;
  const isBehind = ({ start: at }: TextSpan) => at >= end;
  return {
    text,
    frontMatter: before.frontMatter,
    head: before.head,
    keyframes: [
      ...keyframes.slice(0, firstIndex),
      ...part.keyframes.map((keyframe) => movedKeyframe(keyframe, start)),
      ...keyframes.slice(nextIndex).map((keyframe) => movedKeyframe(keyframe, by)),
    ],
    tail: [
      ...before.tail.filter(({ line }) => isBefore(line)),
      ...part.tail.map((line) => movedLine(line, start)),
      ...before.tail.filter(({ line }) => isBehind(line)).map((line) => movedLine(line, by)),
    ],
    comments: [
      ...before.comments.filter(isBefore),
      ...part.comments.map((span) => moved(span, start)),
      ...before.comments.filter(isBehind).map((span) => moved(span, by)),
    ],
  };
}

/** The span of the old text that is not in the new one; null where they are equal. */
function changeBetween(before: string, after: string): TextSpan | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let same = 0;
  while (
    same < shorter - start &&
    before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)
  ) {
    same++;
  }
  return { start, end: before.length - same };
}

/** The first keyframe whose line begins behind an offset. */
function firstAfter(keyframes: readonly Keyframe[], offset: number): number {
  let low = 0;
  let high = keyframes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keyframes[middle]!.line.start > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A stray carriage return may put a key in the middle of a line, which is then no place to begin at. */
function beginsLine(text: string, { line, span }: Keyframe): boolean {
  return /^[ \t]*$/.test(text.slice(line.start, span.start));
}

function moved({ start, end }: TextSpan, by: number): TextSpan {
  return { start: start + by, end: end + by };
}

function movedWritten({ text, span }: Written, by: number): Written {
  return { text, span: moved(span, by) };
}

function movedPrompt({ text, span, runs, parts }: PromptText, by: number): PromptText {
  return {
    text,
    span: moved(span, by),
    runs: runs.map(({ at, offset, length }) => ({ at, offset: offset + by, length })),
    parts: parts.map((part) => ({ kind: part.kind, text: part.text, span: moved(part.span, by) })),
  };
}

function movedNegative({ markers, prompt }: NegativePart, by: number): NegativePart {
  return { markers: markers.map((marker) => moved(marker, by)), prompt: movedPrompt(prompt, by) };
}

function movedLine({ prompt, line }: TextLine, by: number): TextLine {
  return { prompt: movedPrompt(prompt, by), line: moved(line, by) };
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
