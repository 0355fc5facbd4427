import type { TextSpan } from '../problem.ts';
import type { Part } from './generated/ast.ts';
import type { PromptIdentity } from './prompt-identity.ts';

/** The syntax of a `.travel` file, before settings, names and times are resolved. Immutable. */
export interface TravelDocument {
  readonly text: string;
  /** The same text with the lines that brackets span joined (`joined-lines.ts`), at the same offsets. */
  readonly joined: string;
  readonly frontMatter: FrontMatterBlock | null;
  /** Text before the first keyframe; all text of a file without keyframes. */
  readonly head: readonly TextLine[];
  /** In the order of the file. */
  readonly keyframes: readonly Keyframe[];
  /** All text after the first keyframe, including misplaced text between keyframes. */
  readonly tail: readonly TextLine[];
  /** From each `#` to the end of its line, body only. */
  readonly comments: readonly TextSpan[];
}

export interface FrontMatterBlock {
  /** Including both `---` lines. */
  readonly span: TextSpan;
  /** The YAML between the `---` lines. */
  readonly yaml: TextSpan;
  /** False if the closing `---` is missing; the block then extends to the end of the file. */
  readonly closed: boolean;
}

/** A line, or several that brackets join. */
export interface TextLine {
  readonly prompt: PromptText;
  /** Without the last newline, including spaces and comments. */
  readonly line: TextSpan;
}

/** Text and its location. */
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
  /** The part after `--neg`. */
  readonly negative: NegativePart | null;
  /** From the position to the end of the last line that belongs to the keyframe, without its newline. */
  readonly span: TextSpan;
  /** The first line, without its newline. */
  readonly line: TextSpan;
}

export interface NegativePart {
  /** Every occurrence of `--neg`; the first one counts. */
  readonly markers: readonly TextSpan[];
  readonly prompt: PromptText;
}

/** A prompt without comments, with its lines joined by a space, trimmed. */
export interface PromptText {
  readonly text: string;
  /**
   * The same object in every version of a file in which this prompt has the same words, at any position. Results that
   * depend on the words alone are cached by it (`memoize-by-prompt.ts`).
   */
  readonly identity: PromptIdentity;
  /** From its first to its last character in the document; an empty span at its location if it has no text. */
  readonly span: TextSpan;
  /** The parts of the document that it consists of, in order. */
  readonly runs: readonly TextRun[];
  /** Its tokens, in order, with their spans in the document. In their text, line breaks are spaces. */
  readonly parts: readonly PromptPart[];
}

/** `length` characters at `at` in a prompt's text are at `offset` in the document. */
export interface TextRun {
  readonly at: number;
  readonly offset: number;
  readonly length: number;
}

export interface PromptPart extends Written {
  readonly kind: Part['$type'];
}

/** The document offset of an offset in a prompt's text. The end of the text is the end of its last run. */
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

/** The document span of a range of a prompt's text. */
export function documentSpan(prompt: PromptText, start: number, end: number): TextSpan {
  const from = documentOffset(prompt, start);
  if (end <= start) return { start: from, end: from };
  return { start: from, end: documentOffset(prompt, end - 1) + 1 };
}

/** Every prompt of the body, in the order of the file. Many checks ask for them, so they are listed once. */
export function promptsOf(document: TravelDocument): readonly PromptText[] {
  const known = PROMPTS.get(document);
  if (known) return known;
  const prompts: PromptText[] = [];
  for (const { prompt } of document.head) prompts.push(prompt);
  for (const { prompt, negative } of document.keyframes) {
    prompts.push(prompt);
    if (negative) prompts.push(negative.prompt);
  }
  for (const { prompt } of document.tail) prompts.push(prompt);
  PROMPTS.set(document, prompts);
  return prompts;
}

const PROMPTS = new WeakMap<TravelDocument, readonly PromptText[]>();
