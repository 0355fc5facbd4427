/** Joins head, keyframe and tail to the prompt of a frame (docs/language.md). */
export function assemblePrompt(head: string, keyframe: string, tail: string): string {
  return join([head, keyframe, tail]);
}

/** Joins the lines of the head or of the tail. */
export function joinLines(lines: readonly string[]): string {
  return join(lines);
}

/** Joins the lines of a file without keyframes by spaces, as A1111 does. */
export function joinPlainLines(lines: readonly string[]): string {
  return lines
    .map((line) => line.trim())
    .filter(Boolean)
    .join(' ');
}

/** `BREAK` and `AND` start a new chunk or prompt, which must not start with a comma. */
const ENDS_IN_KEYWORD = /(?<![\p{L}\p{N}_])(?:BREAK|AND)$/u;
const BEGINS_WITH_KEYWORD = /^(?:BREAK|AND)(?![\p{L}\p{N}_])/u;

function join(pieces: readonly string[]): string {
  let joined = '';
  for (const piece of pieces.map(withoutOuterCommas)) {
    if (!piece) continue;
    if (joined)
      joined += ENDS_IN_KEYWORD.test(joined.slice(-8)) || BEGINS_WITH_KEYWORD.test(piece.slice(0, 8)) ? ' ' : ', ';
    joined += piece;
  }
  return joined;
}

/** A loop, because a pattern with `\s*$` takes quadratic time in long runs of spaces. */
function withoutOuterCommas(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isCommaOrSpace(text, start)) start++;
  while (end > start && isCommaOrSpace(text, end - 1)) end--;
  return text.slice(start, end);
}

function isCommaOrSpace(text: string, at: number): boolean {
  return text[at] === ',' || text[at]!.trim() === '';
}
