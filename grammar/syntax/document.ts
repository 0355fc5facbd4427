import type { TextSpan } from '../problem.ts';
import type { Part } from './generated/ast.ts';

/** A `.travel` file as written: what stands where, before settings, names and time mean anything. Immutable. */
export interface TravelDocument {
  readonly text: string;
  readonly frontMatter: FrontMatterBlock | null;
  /** Text before the first keyframe; all text where there is none. */
  readonly head: readonly TextLine[];
  /** In the order of the file. */
  readonly keyframes: readonly Keyframe[];
  /** All text after the first keyframe: also what wrongly stands between two keyframes. */
  readonly tail: readonly TextLine[];
  /** From each `#` to the end of its line, body only. */
  readonly comments: readonly TextSpan[];
}

export interface FrontMatterBlock {
  /** With both fences. */
  readonly span: TextSpan;
  /** The YAML between the fences. */
  readonly yaml: TextSpan;
  /** False where the closing `---` is missing; the block then reaches to the end of the file. */
  readonly closed: boolean;
}

export interface TextLine {
  readonly prompt: PromptText;
  /** The line without its newline, blanks and comment included. */
  readonly line: TextSpan;
}

/** Text at its place. */
export interface Written {
  readonly text: string;
  readonly span: TextSpan;
}

export interface Keyframe {
  /** `15`, `-1`, `50%`, `1.5s`, `250ms`. */
  readonly position: Written;
  /** The position after the dash in `0-8`. */
  readonly hold: Written | null;
  readonly transition: Written | null;
  /** The colon after position and transition. */
  readonly colon: TextSpan;
  readonly prompt: PromptText;
  /** What follows `--neg`. */
  readonly negative: NegativePart | null;
  /** From the position to the end of the last line that belongs to the keyframe, without its newline. */
  readonly span: TextSpan;
  /** The first line, without its newline. */
  readonly line: TextSpan;
}

export interface NegativePart {
  /** The word `--neg`; where it is written again, every one. */
  readonly markers: readonly TextSpan[];
  readonly prompt: PromptText;
}

/** A prompt as the author means it: no comments, continuation lines joined by a blank, trimmed. */
export interface PromptText {
  readonly text: string;
  /**
   * The same object in every version of a file in which this prompt has the same words, wherever it stands. What depends
   * on its words alone is remembered under it (`memoizeByPrompt.ts`).
   */
  readonly identity: object;
  /** From its first to its last character in the document; empty, at its place, where there is no text. */
  readonly span: TextSpan;
  /** Which pieces of the document it was put together from, in order. */
  readonly runs: readonly TextRun[];
  /** Its tokens, in order, with their places in the document. */
  readonly parts: readonly PromptPart[];
}

/** `length` characters at `at` in a prompt's text stand at `offset` in the document. */
export interface TextRun {
  readonly at: number;
  readonly offset: number;
  readonly length: number;
}

export interface PromptPart extends Written {
  readonly kind: Part['$type'];
}

/** Where an offset in a prompt's text stands in the document; the end of the text is the end of its last run. */
export function documentOffset(prompt: PromptText, at: number): number {
  let low = 0;
  let high = prompt.runs.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (prompt.runs[middle]!.at <= at) low = middle;
    else high = middle - 1;
  }
  const run = prompt.runs[low];
  return run ? run.offset + Math.min(Math.max(0, at - run.at), run.length) : prompt.span.start;
}

/** A piece of a prompt's text, as a span of the document. */
export function documentSpan(prompt: PromptText, start: number, end: number): TextSpan {
  const from = documentOffset(prompt, start);
  if (end <= start) return { start: from, end: from };
  return { start: from, end: documentOffset(prompt, end - 1) + 1 };
}

/** Every prompt of the body, in the order of the file. */
export function promptsOf({ head, keyframes, tail }: TravelDocument): PromptText[] {
  return [
    ...head.map(({ prompt }) => prompt),
    ...keyframes.flatMap(({ prompt, negative }) => (negative ? [prompt, negative.prompt] : [prompt])),
    ...tail.map(({ prompt }) => prompt),
  ];
}
