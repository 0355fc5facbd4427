import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { ELSEWHERE } from '../../cli/export.ts';

it('knows errors about this computer by codes that exist', () => {
  const page = (code: string) =>
    resolve(import.meta.dirname, '../../docs/diagnostics', `${code.replace('travel/', '')}.md`);
  expect([...ELSEWHERE].filter((code) => !existsSync(page(code)))).toEqual([]);
});
