import type { TextSpan } from '../problem.ts';

/**
 * Git's default; the attribute `conflict-marker-size`, and conflicts within the merge base of `diff3`, make it larger.
 */
const SIZE = 7;

const MARKER = /(?<![^\n])(?:(<{7,}|>{7,}|\|{7,})(?=[ \t\r\n]|$)|(={7,})(?=\r?(?:\n|$)))/g;

/**
 * The lines that Git writes around the sides of a merge conflict, `<<<<<<< ours` for example, without their newlines.
 * As for `git diff --check`, a marker of the default size needs no others. A larger one needs a conflict of its size
 * around it.
 */
export function conflictMarkers(text: string): TextSpan[] {
  const found = Array.from(text.matchAll(MARKER), (match) => ({ marker: match[1] ?? match[2]!, start: match.index }));
  const written = new Set(found.map(({ marker }) => marker));
  const isConflict = (size: number) => written.has('<'.repeat(size)) && written.has('>'.repeat(size));
  return found.flatMap(({ marker, start }) => {
    if (marker.length > SIZE && !isConflict(marker.length)) return [];
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    return [{ start, end: text[end - 1] === '\r' ? end - 1 : end }];
  });
}
