/** A1111 ignores the spaces around a line, and removes these words from each line that begins with them. */
const NEGATIVE = /^\s*Negative prompt:\s*/;

/** The lines of a prompt, and those of the negative prompt below it; null without one. */
export interface PromptLines {
  readonly prompt: readonly string[];
  /** Without the words that begin it. */
  readonly negative: readonly string[] | null;
}

/**
 * A prompt as A1111’s button *Read generation parameters* divides it: all lines from the first `Negative prompt:` on are
 * negative.
 *
 * Source: A1111 `modules/infotext_utils.py`, `parse_generation_parameters`.
 */
export function promptLines(lines: readonly string[]): PromptLines {
  const at = lines.findIndex((line) => NEGATIVE.test(line));
  if (at < 0) return { prompt: lines, negative: null };
  return { prompt: lines.slice(0, at), negative: lines.slice(at).map((line) => line.replace(NEGATIVE, '')) };
}
