import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GOLDEN_FOLDER, HAS_GOLDEN } from '../golden/folder.ts';
import { type ImportCase, importFaults } from './imports.ts';

const FOLDER = join(GOLDEN_FOLDER, 'exchange');

interface Index {
  readonly settings_optional: Readonly<Record<string, readonly string[]>>;
  readonly import: readonly ImportCase[];
}

describe.runIf(HAS_GOLDEN)('imports of the reference set', () => {
  const index = JSON.parse(readFileSync(join(FOLDER, 'index.json'), 'utf8')) as Index;

  it.each(index.import.map((one) => [one.id, one] as const))('%s', (_, one) => {
    expect(importFaults(FOLDER, one, index.settings_optional[one.format.split('/')[0]!] ?? [])).toEqual([]);
  });
});
