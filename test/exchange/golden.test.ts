import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GOLDEN_FOLDER, HAS_GOLDEN } from '../golden/folder.ts';
import { type ExportCase, exportFaults } from './exports.ts';
import { type ImportCase, importFaults } from './imports.ts';

const FOLDER = join(GOLDEN_FOLDER, 'exchange');

interface Index {
  readonly settings_optional: Readonly<Record<string, readonly string[]>>;
  readonly import: readonly ImportCase[];
  readonly export: readonly ExportCase[];
}

const index = HAS_GOLDEN ? (JSON.parse(readFileSync(join(FOLDER, 'index.json'), 'utf8')) as Index) : null;

describe.runIf(index)('imports of the reference set', () => {
  it.each((index?.import ?? []).map((one) => [one.id, one] as const))('%s', (_, one) => {
    expect(importFaults(FOLDER, one, index?.settings_optional[one.format.split('/')[0]!] ?? [])).toEqual([]);
  });
});

describe.runIf(index)('exports of the reference set', () => {
  const cases = (index?.export ?? []).flatMap(({ id, file, expected }) =>
    Object.entries(expected).map(([name, target]) => [id, name, file, target] as const),
  );

  it.each(cases)('%s to %s', (_, name, file, target) => {
    expect(exportFaults(FOLDER, file, name, target)).toEqual([]);
  });
});
