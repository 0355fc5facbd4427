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
