import { formatOfEnding } from '../../plan/format-limits.ts';
import { HOME, isAbsolutePath } from '../../plan/paths.ts';
import type { OutputFormat } from '../../plan/plan.ts';
import type { Environment } from './environment.ts';

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
 * @param pattern relative to the output folder, absolute, or starting with `~` for the home folder, with the
 * placeholders `{name}`, `{date}` (2026-03-01), `{time}` (174500) and `{seed}`; if it ends with a slash, the file in
 * that folder is called `{name}`; the extension of a format is left out
 */
export function outputBase(
  pattern: string,
  { outputFolder, homeFolder }: Pick<Environment, 'outputFolder' | 'homeFolder'>,
  { name, seed, now }: OutputNames,
): string {
  const two = (value: number) => `${value}`.padStart(2, '0');
  const values: Record<(typeof PLACEHOLDERS)[number], string> = {
    name,
    seed: `${seed}`,
    date: `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`,
    time: `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`,
  };
  const path = /[\\/]$/.test(pattern) ? `${pattern}{name}` : splitFormat(pattern).path;
  const filled = path.replace(/\{(name|date|time|seed)\}/g, (_, key: keyof typeof values) => values[key]);
  if (homeFolder && HOME.test(filled)) return filled.replace(HOME, () => homeFolder.replace(/(?<![\\/])[\\/]+$/, ''));
  return isAbsolutePath(filled)
    ? filled
    : `${outputFolder.replace(/(?<![\\/])[\\/]+$/, '')}/${filled.replace(/^\.\//, '')}`;
}

/**
 * The absolute path of the folder that has all renders of a file, in it or below: the output path up to the first name
 * that is another one in each render.
 *
 * @param pattern as for `outputBase`
 */
export function rendersFolder(
  pattern: string,
  environment: Pick<Environment, 'outputFolder' | 'homeFolder' | 'fileName'>,
): string {
  const [fixed = ''] = pattern.split(/\{(?:date|time|seed)\}/);
  const inFolder = `${fixed.replace(/[^\\/]*$/, '')}x`;
  const names = { name: environment.fileName, seed: 0, now: new Date(0) };
  return outputBase(inFolder, environment, names).replace(/[\\/]x$/, '') || '/';
}

/** A path without the extension of a format, and that format: `clip.mp4` is an MP4 called `clip`. */
export function splitFormat(path: string): { readonly path: string; readonly format: OutputFormat | null } {
  const [, base, ending] = /^(.*[^\\/])\.([a-z0-9]{3,4})$/is.exec(path) ?? [];
  const format = ending === undefined ? null : formatOfEnding(ending);
  return base !== undefined && format !== null ? { path: base, format } : { path, format: null };
}

/** The names in an absolute path, with `.` and `..` resolved. */
export function pathSegments(path: string): string[] {
  const segments: string[] = [];
  for (const segment of path.split(/[\\/]+/)) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return segments;
}
