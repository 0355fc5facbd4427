/** Folders with wildcard files if no setting names others; relative to the document's folder. */
export const DEFAULT_WILDCARD_FOLDERS: readonly string[] = ['wildcards'];

/** The path of a wildcard's file below a folder of wildcards, without `.txt`; null for a name that leads out of it. */
export function wildcardSteps(name: string): readonly string[] | null {
  const steps = name.split(/[\\/]/);
  return steps.some((step) => step === '' || step === '..' || step.includes('\0')) ? null : steps;
}

/** One choice a line; blank lines and lines that start with `#` are none (sd-dynamic-prompts' wildcard files). */
export function wildcardLines(text: string): string[] {
  return text
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
