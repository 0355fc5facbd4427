/** Joins what stands before, in and after a keyframe to the prompt of its frames (the language's page, §1 Assembly). */
export function assemblePrompt(head: string, keyframe: string, tail: string): string {
  return join([head, keyframe, tail], STANDS_ALONE);
}

/** The lines of the head, or of the tail, as one text. */
export function joinLines(lines: readonly string[]): string {
  return join(lines, {
    ends: /(?:(?<![\p{L}\p{N}_])(?:BREAK|AND)|(?<!\\)[([])$/u,
    begins: /^(?:(?:BREAK|AND)(?![\p{L}\p{N}_])|[([])/u,
  });
}

/** The lines of a file without keyframes: one prompt, joined by blanks as A1111 does. */
export function joinPlainLines(lines: readonly string[]): string {
  return lines
    .map((line) => line.trim())
    .filter(Boolean)
    .join(' ');
}

interface JoinedByBlank {
  readonly ends: RegExp;
  readonly begins: RegExp;
}

/** After `BREAK` and `AND` a new prompt begins, and commas do not lead. */
const STANDS_ALONE: JoinedByBlank = {
  ends: /(?<![\p{L}\p{N}_])(?:BREAK|AND)$/u,
  begins: /^(?:BREAK|AND)(?![\p{L}\p{N}_])/u,
};

function join(pieces: readonly string[], { ends, begins }: JoinedByBlank): string {
  let joined = '';
  for (const piece of pieces.map(withoutOuterCommas)) {
    if (!piece) continue;
    if (joined) joined += ends.test(joined.slice(-8)) || begins.test(piece.slice(0, 8)) ? ' ' : ', ';
    joined += piece;
  }
  return joined;
}

/** A loop, because a pattern with `\s*$` takes quadratic time over long runs of blanks. */
function withoutOuterCommas(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isCommaOrBlank(text, start)) start++;
  while (end > start && isCommaOrBlank(text, end - 1)) end--;
  return text.slice(start, end);
}

function isCommaOrBlank(text: string, at: number): boolean {
  return text[at] === ',' || text[at]!.trim() === '';
}
