/** Folders with wildcard files, unless others are configured; relative to the document's folder. */
export const DEFAULT_WILDCARD_FOLDERS: readonly string[] = ['wildcards'];

/** Path of a wildcard's file inside a wildcard folder, without `.txt`; null for a name that leads out of it. */
export function wildcardSteps(name: string): readonly string[] | null {
  const steps = name.split(/[\\/]/);
  return steps.some((step) => step === '' || step === '..' || step.includes('\0')) ? null : steps;
}

/** The lines of a wildcard file. Which of them are choices: `wildcardContent`. */
export function wildcardLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/);
}

/**
 * The text of a wildcard file: UTF-8 or UTF-16 with a byte order mark, or UTF-8. Other bytes are Windows-1252, which
 * older lists are written in.
 */
export function decodeWildcardFile(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Not UTF-8. Every byte has a character in Windows-1252.
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/**
 * Whether a wildcard's name matches a pattern, in any case: `*` is any part of a file's or folder's name, `**` any
 * folders.
 */
export function matcher(pattern: string): (name: string) => boolean {
  const written = pattern.toLowerCase().split('/');
  // Repeated, `**` has the same meaning, and would take exponential time.
  const parts = written.filter((part, i) => part !== '**' || written[i - 1] !== '**');
  return (name) => matchesFrom(parts, name.toLowerCase().split('/'));
}

function matchesFrom(parts: readonly string[], steps: readonly string[]): boolean {
  const [part, ...rest] = parts;
  if (part === undefined) return steps.length === 0;
  if (part === '**') {
    return rest.length === 0 ? steps.length > 0 : steps.some((_, i) => matchesFrom(rest, steps.slice(i)));
  }
  return steps.length > 0 && matchesPart(part, steps[0]!) && matchesFrom(rest, steps.slice(1));
}

/** The first and the last piece are fixed; each other one is the next occurrence. */
function matchesPart(part: string, step: string): boolean {
  const pieces = part.split('*');
  const last = pieces.pop()!;
  if (pieces.length === 0) return step === last;
  const first = pieces.shift()!;
  if (step.length < first.length + last.length || !step.startsWith(first) || !step.endsWith(last)) return false;
  let at = first.length;
  for (const piece of pieces) {
    const found = step.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at + last.length <= step.length;
}
