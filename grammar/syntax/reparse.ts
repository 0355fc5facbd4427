import type { TextSpan } from '../problem.ts';
import { runToEnd, type SlicedTask } from '../sliced-task.ts';
import type { Keyframe, TravelDocument } from './document.ts';
import { joinDocuments } from './join-documents.ts';
import { joinBracketLines } from './joined-lines.ts';
import { parseJoinedSliced } from './parse.ts';

/**
 * Parses a text that differs from a parsed one, as after a keystroke: `reparse(before, text)` equals
 * `parseTravel(text)`. Once the lines that brackets span are joined, the meaning of a line does not depend on lines
 * outside its keyframe, so only the keyframes around the change are parsed, and those after it are moved.
 */
export function reparse(before: TravelDocument, text: string): TravelDocument {
  return runToEnd(reparseSliced(before, text));
}

/** The same in slices. */
export function* reparseSliced(before: TravelDocument, text: string): SlicedTask<TravelDocument> {
  const joined = joinBracketLines(text);
  const isPlain = before.joined === before.text && joined === text;
  const written = changeBetween(before.text, text);
  const change = isPlain ? written : union(written, changeBetween(before.joined, joined));
  if (!change) return before;
  const { keyframes } = before;
  // Starts one keyframe earlier, because a key that becomes text would continue that keyframe.
  let firstIndex = firstAfter(keyframes, change.start) - 2;
  while (firstIndex >= 0 && !startsLine(before.joined, keyframes[firstIndex]!)) firstIndex--;
  const start = keyframes[firstIndex]?.line.start ?? 0;
  // Strictly after the change, so that the newline before it is unchanged.
  let nextIndex = firstAfter(keyframes, change.end);
  while (keyframes[nextIndex] && !startsLine(before.joined, keyframes[nextIndex]!)) nextIndex++;
  const end = keyframes[nextIndex]?.line.start ?? before.text.length;
  const by = text.length - before.text.length;
  const part = yield* parseJoinedSliced(text.slice(start, end + by), joined.slice(start, end + by));
  // Unclosed front matter extends to the end of the file.
  if (start === 0 && part.frontMatter?.closed === false) return yield* parseJoinedSliced(text, joined);
  return joinDocuments(text, joined, [
    ...(start > 0 ? [{ document: linesWithin(before, 0, start), by: 0 }] : []),
    { document: part, by: start },
    { document: linesWithin(before, end, Number.POSITIVE_INFINITY), by },
  ]);
}

/** The part of a document whose lines start in [start, end). */
function linesWithin(document: TravelDocument, start: number, end: number): Omit<TravelDocument, 'text' | 'joined'> {
  const isWithin = ({ start: at }: TextSpan) => start <= at && at < end;
  return {
    frontMatter: start === 0 ? document.frontMatter : null,
    head: document.head.filter(({ line }) => isWithin(line)),
    keyframes: document.keyframes.filter(({ line }) => isWithin(line)),
    tail: document.tail.filter(({ line }) => isWithin(line)),
    comments: document.comments.filter(isWithin),
  };
}

const BLOCK = 1024;

/** The block of a text before its last `same` characters. */
const endBlock = (text: string, same: number) => text.slice(text.length - same - BLOCK, text.length - same);

/** The span of the old text that changed; null if the texts are equal. */
function changeBetween(before: string, after: string): TextSpan | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  // Whole blocks first, which are compared much faster than characters.
  while (start + BLOCK <= shorter && before.startsWith(after.slice(start, start + BLOCK), start)) start += BLOCK;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let same = 0;
  while (same + BLOCK <= shorter - start && before.endsWith(endBlock(after, same), before.length - same)) same += BLOCK;
  while (
    same < shorter - start &&
    before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)
  ) {
    same++;
  }
  return { start, end: before.length - same };
}

/** Both changes, which are of texts of the same lengths. */
function union(a: TextSpan | null, b: TextSpan | null): TextSpan | null {
  if (!a || !b) return a ?? b;
  return { start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}

/** Index of the first keyframe whose line starts after an offset. */
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

/** A lone carriage return can put a key in the middle of a line, and parsing cannot start there. */
function startsLine(text: string, { line, span }: Keyframe): boolean {
  return /^[ \t\u3000]*$/.test(text.slice(line.start, span.start));
}
