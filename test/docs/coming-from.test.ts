import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isSettingKey } from '../../grammar/settings/schema.ts';
import { TABLE_NAMES, tablesIn, withTables } from '../../scripts/peer-tables.ts';

const FOLDER = resolve(import.meta.dirname, '../../docs/coming-from');
const files = readdirSync(FOLDER);
const pageOf = (file: string) => readFileSync(join(FOLDER, file), 'utf8');

describe.each(files)('docs/coming-from/%s', (file) => {
  it('has the tables of the import and the export (`vitest run --update` writes them)', async () => {
    await expect(withTables(pageOf(file))).toMatchFileSnapshot(join(FOLDER, file));
  });

  it('is linked from the overview and the site', () => {
    const read = (path: string) => readFileSync(resolve(FOLDER, '../..', path), 'utf8');
    expect(read('docs/coming-from.md')).toContain(`(coming-from/${file})`);
    expect(read('site/.vitepress/config.ts')).toContain(`/coming-from/${file.replace('.md', '')}'`);
  });

  it('names settings that exist', () => {
    const [, own = ''] = /## How each thing is written here\n([\s\S]*?)\n(?:<!--|## )/.exec(pageOf(file)) ?? [];
    const cells = own.split('\n').map((row) => row.split(/(?<!\\)\|/)[2] ?? '');
    const names = cells.flatMap((cell) => Array.from(cell.matchAll(/`([a-z][a-z_]{2,})`/g), ([, name]) => name!));
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !isSettingKey(name) && !['name', 'cut'].includes(name))).toEqual([]);
  });
});

it('every generated table is on one page', () => {
  expect(files.flatMap((file) => tablesIn(pageOf(file))).toSorted()).toEqual([...TABLE_NAMES].toSorted());
});
