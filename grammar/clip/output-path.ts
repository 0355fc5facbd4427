export interface OutputNames {
  readonly name: string;
  readonly seed: number;
  readonly now: Date;
}

export const PLACEHOLDERS = ['name', 'date', 'time', 'seed'] as const;

/** Placeholders of a pattern that mean nothing, as written. */
export function unknownPlaceholders(pattern: string): string[] {
  return Array.from(pattern.matchAll(/\{([^{}]*)\}/g), (match) => match[1]!).filter(
    (name) => !PLACEHOLDERS.some((known) => known === name),
  );
}

/**
 * Absolute path, without extension, of what a render writes.
 * @param pattern with a slash at its end a folder, in which the file has its own name; relative to `folder`, or absolute; `{name}`, `{date}` (2026-03-01), `{time}` (174500) and `{seed}` are filled in
 */
export function outputBase(pattern: string, folder: string, { name, seed, now }: OutputNames): string {
  const two = (value: number) => `${value}`.padStart(2, '0');
  const values: Record<(typeof PLACEHOLDERS)[number], string> = {
    name,
    seed: `${seed}`,
    date: `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`,
    time: `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`,
  };
  const path = /[\\/]$/.test(pattern) ? `${pattern}{name}` : pattern;
  const filled = path.replace(/\{(name|date|time|seed)\}/g, (_, key: keyof typeof values) => values[key]);
  const absolute = /^(?:[\\/]|[A-Za-z]:[\\/])/.test(filled);
  return absolute ? filled : `${folder.replace(/[\\/]+$/, '')}/${filled.replace(/^\.\//, '')}`;
}
