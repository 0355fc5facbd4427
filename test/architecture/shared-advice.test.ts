import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { MAY_IMPORT } from './arrows.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** What to do about a damaged file, as a sentence of its own. */
const GET_AGAIN = /\b(?:Download|Copy|Get)(?: or \w+)? (?:it|the file) again\b/;

it('has one wording of what to do about a damaged file', () => {
  const files = Object.keys(MAY_IMPORT).flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  );
  const withOwnWords = files.filter((file) => {
    // Texts of several lines as one.
    const code = readFileSync(join(ROOT, file), 'utf8').replaceAll(/(['`]) \+\s*(['`])/g, '');
    return GET_AGAIN.test(code);
  });
  expect(withOwnWords).toEqual(['plan/get-again.ts']);
});
