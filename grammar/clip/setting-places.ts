import type { TextSpan } from '../problem.ts';
import { alignYaml } from '../settings/yaml-offsets.ts';

/**
 * Where the parts of a setting's text are in the file.
 *
 * @param value the text
 * @param span of the value in the file, with its quotes
 * @param source the file
 * @returns the span in the file of a span of the text
 */
export function placesInSetting(value: string, span: TextSpan, source: string): (part: TextSpan) => TextSpan {
  const raw = source.slice(span.start, span.end);
  const offsets = alignYaml(raw, value);
  const offset = (at: number) => span.start + (offsets[Math.min(at, offsets.length - 1)] ?? 0);
  // An escape is longer than its character; a folded newline is not part of the character before it.
  const afterCharacter = (at: number) => {
    const next = offsets[at + 1];
    const isAdjacent = next !== undefined && !raw.slice(offsets[at], next).includes('\n');
    return isAdjacent ? span.start + next : offset(at) + 1;
  };
  return ({ start, end }) => ({ start: offset(start), end: end > start ? afterCharacter(end - 1) : offset(start) });
}
