import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** Texts of `package.json` by their keys, in English. */
export const manifestTexts = (): Readonly<Record<string, string>> =>
  JSON.parse(readFileSync(resolve(ROOT, 'package.nls.json'), 'utf8'));

/**
 * A part of `package.json` with its texts, as VS Code shows it: `%command.render%` becomes `Render`.
 *
 * @throws Error if a key has no text
 */
export function withTexts<T>(part: T, texts = manifestTexts()): T {
  return JSON.parse(JSON.stringify(part), (_, value: unknown) => {
    const key = typeof value === 'string' ? /^%([\w.]+)%$/.exec(value)?.[1] : undefined;
    if (key === undefined) return value;
    const text = texts[key];
    if (text === undefined) throw new Error(`package.nls.json has no text for %${key}%.`);
    return text;
  });
}
