/** Folders with wildcard files, unless others are configured; relative to the document's folder. */
export const DEFAULT_WILDCARD_FOLDERS: readonly string[] = ['wildcards'];

/** Path of a wildcard's file inside a wildcard folder, without `.txt`; null for a name that leads out of it. */
export function wildcardSteps(name: string): readonly string[] | null {
  const steps = name.split(/[\\/]/);
  return steps.some((step) => step === '' || step === '..' || step.includes('\0')) ? null : steps;
}

/** One choice per line, except empty lines and those that start with `#` (sd-dynamic-prompts' wildcard files). */
export function wildcardLines(text: string): string[] {
  return text
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
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
