export interface OutputNames {
  readonly name: string;
  readonly seed: number;
  readonly now: Date;
}

export const PLACEHOLDERS = ['name', 'date', 'time', 'seed'] as const;

/** The unknown placeholders of a pattern, without braces. */
export function unknownPlaceholders(pattern: string): string[] {
  return Array.from(pattern.matchAll(/\{([^{}]*)\}/g), (match) => match[1]!).filter(
    (name) => !PLACEHOLDERS.some((known) => known === name),
  );
}

/**
 * The absolute path of a render's output, without extension.
 *
 * @param pattern relative to `folder` or absolute, with the placeholders `{name}`, `{date}` (2026-03-01), `{time}`
 * (174500) and `{seed}`; if it ends with a slash, the file in that folder is called `{name}`
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
  return absolute ? filled : `${folder.replace(/(?<![\\/])[\\/]+$/, '')}/${filled.replace(/^\.\//, '')}`;
}
