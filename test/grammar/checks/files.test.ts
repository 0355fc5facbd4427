import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listedPages, ROOT } from '../../docs/pages.ts';

const CHECKS = 'grammar/checks';

const sources = ['plan', 'prompt', 'protocol', 'grammar', 'library', 'rendering', 'server', 'client', 'cli'].flatMap(
  (folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.includes('generated'))
      .map((file) => ({
        file: `${folder}/${file.split(sep).join('/')}`,
        text: readFileSync(join(ROOT, folder, file), 'utf8'),
      })),
);

/** Files with the literal of each code. */
const filesByCode = new Map<string, Set<string>>();
for (const { file, text } of sources) {
  for (const [, code] of text.matchAll(/['"`]travel\/([a-z0-9-]+)['"`]/g)) {
    filesByCode.set(code!, (filesByCode.get(code!) ?? new Set()).add(file));
  }
}

describe('check files', () => {
  it.each(listedPages)('$code has one check file, in $group, and no other source has this code', ({ code, group }) => {
    const expected = `${CHECKS}/${group}/${code}.ts`;
    const named = sources.filter(({ file }) => file.startsWith(`${CHECKS}/`) && basename(file) === `${code}.ts`);
    expect(named.map(({ file }) => file)).toEqual([expected]);
    expect([...(filesByCode.get(code) ?? [])]).toEqual([expected]);
  });

  it('report codes that have a page', () => {
    const listed = new Set(listedPages.map(({ code }) => code));
    const reported = [...filesByCode].filter(([, files]) => [...files].some((file) => file.startsWith('grammar/')));
    expect(reported.map(([code]) => code).filter((code) => !listed.has(code))).toEqual([]);
    expect(listed.size).toBe(listedPages.length);
  });
});
