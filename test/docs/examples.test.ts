import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkTravel } from '../../grammar/language.ts';
import { testEnvironment } from '../grammar/environment.ts';
import { ROOT } from './pages.ts';

/** Pages with examples of the language; those of diagnostics have wrong ones, too. */
const PAGES = ['README.md', ...['docs', 'docs/coming-from'].flatMap(pagesIn)];

function pagesIn(folder: string): string[] {
  const names = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.md'));
  return names.map((name) => `${folder}/${name}`);
}

const examplesIn = (page: string): string[] =>
  [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```(?:travel)?\n([\s\S]*?)^```/gm)].map(([, text]) => text!);

/** A position that a reader cannot use. */
const OUTSIDE = ['travel/key-beyond-end', 'travel/hold-range', 'travel/setting-beyond-end'];

it.each(PAGES)('examples in %s have no position outside their clip', (page) => {
  const problems = examplesIn(page).flatMap((text) => checkTravel(text, testEnvironment()).problems);
  expect(problems.filter(({ code }) => OUTSIDE.includes(code)).map(({ message }) => message)).toEqual([]);
});
