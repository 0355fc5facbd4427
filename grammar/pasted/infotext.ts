import type { TextSpan } from '../problem.ts';
import type { TravelDocument } from '../syntax/document.ts';
import type { Conversion } from './conversion.ts';
import type { ForeignReader } from './foreign-reader.ts';
import { readParameters } from './infotext-parameters.ts';

const NEGATIVE = /^[ \t]*negative prompt:[ \t]*/i;
/** What a text with parameters contains somewhere. */
const MENTIONED = /negative prompt:|steps:/i;
const STEPS = /^[ \t]*Steps:[ \t]*\d+[ \t]*,/;
/** The same within a line: some sites and chats remove the newlines. */
const INNER_NEGATIVE = /(?<=\S[ \t])negative prompt:/i;
const INNER_STEPS = /(?<=\S[ \t])Steps:[ \t]*\d+[ \t]*,/;
/** Fewer parameters are text for A1111, too. */
const FEWEST_PARAMETERS = 3;

/** Generation parameters in a file. */
export interface PastedInfotext {
  readonly span: TextSpan;
  /** Their lines, each of which starts as A1111 writes it. */
  readonly written: string;
}

interface Line {
  readonly start: number;
  /** The next newline, if it is the last part of its line. */
  readonly end: number;
  /** The end of its text. */
  readonly written: number;
  readonly text: string;
}

/**
 * The generation parameters in the body of a file, as A1111 writes them below a prompt: lines that start with
 * `Negative prompt:`, and a line `Steps: …, Sampler: …`. null if there are none.
 */
export function findInfotext({ text, frontMatter }: TravelDocument): PastedInfotext | null {
  if (!MENTIONED.test(text)) return null;
  const lines = partsOf(text, frontMatter?.span.end ?? 0);
  const negative = lines.findIndex((line) => NEGATIVE.test(line.text));
  const steps = lines.findIndex(hasParameters);
  if (negative < 0 && steps < 0) return null;
  const first = negative < 0 || (steps >= 0 && steps < negative) ? steps : negative;
  const hasNegative = first === negative;
  // Without parameters below it, a negative prompt ends at the next empty line or key.
  const ends = (line: Line) => line.text.trim() === '' || /^[ \t]*-?\d[\d.%ms-]*[ \t]*:/.test(line.text);
  const stop = lines.findIndex((line, i) => i > first && ends(line));
  const last = steps >= first ? steps : (stop < 0 ? lines.length : stop) - 1;
  const negatives = hasNegative ? lines.slice(first, steps > first ? steps : last + 1) : [];
  const parameters = last === steps ? [lines[steps]!] : [];
  // Other text of its first line keeps its newline.
  let { start } = lines[first]!;
  while (/[ \t]/.test(text[start - 1] ?? '')) start--;
  const isWholeLine = start === (frontMatter?.span.end ?? 0) || text[start - 1] === '\n';
  return {
    span: { start, end: isWholeLine ? Math.min(lines[last]!.end + 1, text.length) : lines[last]!.written },
    written: [...negatives, ...parameters].map(textOf).join('\n'),
  };
}

/** A line as A1111 writes it. */
const textOf = ({ text }: Line) =>
  text
    .trim()
    .replace(NEGATIVE, 'Negative prompt: ')
    .replace(/^Steps:[ \t]*/, 'Steps: ');

/**
 * The lines of a text as A1111 writes them: with the newlines that sites and chats remove between a prompt, its negative
 * prompt and its parameters, and with a capital letter in `Negative prompt:`.
 *
 * @param text without front matter
 */
export const restoredLines = (text: string): string[] =>
  partsOf(text, 0).map((line) => (NEGATIVE.test(line.text) || hasParameters(line) ? textOf(line) : line.text));

/** What generation parameters become. */
export function convertInfotext({ span, written }: PastedInfotext, reader: ForeignReader): Conversion {
  return { span, text: '', ...reader.parameters(written) };
}

/** The lines that A1111 writes after `Steps:`, in which no text is a prompt. */
export function parameterLines({ text, frontMatter }: TravelDocument): TextSpan[] {
  if (!text.includes('Steps:')) return [];
  const lines = partsOf(text, frontMatter?.span.end ?? 0);
  return lines.filter(hasParameters).map(({ start, written }) => ({ start, end: written }));
}

const hasParameters = ({ text }: Line) => STEPS.test(text) && readParameters(text.trim()).length >= FEWEST_PARAMETERS;

/** The lines of a text, and the parts of those whose newlines were lost. */
function partsOf(text: string, from: number): Line[] {
  const lines = linesOf(text, from).flatMap((line) => {
    const parts = splitAt(line, INNER_STEPS);
    return parts.some(hasParameters) ? parts : [line];
  });
  return lines.some(hasParameters) ? lines.flatMap((line) => splitAt(line, INNER_NEGATIVE)) : lines;
}

function splitAt(line: Line, pattern: RegExp): Line[] {
  const at = line.text.search(pattern);
  if (at < 0) return [line];
  const middle = line.start + at;
  return [
    { ...line, end: middle, written: middle, text: line.text.slice(0, at) },
    { ...line, start: middle, text: line.text.slice(at) },
  ];
}

function linesOf(text: string, from: number): Line[] {
  const lines: Line[] = [];
  for (let start = from; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end).replace(/\r$/, '');
    lines.push({ start, end, written: start + line.length, text: line });
    start = end + 1;
  }
  return lines;
}
