import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { UNSUPPORTED_LISTS, unsupportedIn, withUnsupported } from '../../scripts/unsupported-list.ts';

const PAGE = resolve(import.meta.dirname, '../../docs/files.md');
const page = readFileSync(PAGE, 'utf8');

it('docs/files.md lists the families that are recognized (`vitest run --update` writes them)', async () => {
  expect(unsupportedIn(page)).toEqual(UNSUPPORTED_LISTS);
  await expect(withUnsupported(page)).toMatchFileSnapshot(PAGE);
});
