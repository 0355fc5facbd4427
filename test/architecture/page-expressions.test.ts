import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/** A function in a string, as the argument of a call of Playwright. */
const FUNCTION_IN_STRING =
  /\.(?:evaluate|evaluateAll|evaluateHandle|waitForFunction)\(\s*['"`]\s*(?:async\b|function\b|\([^()]*\)\s*=>|\w+\s*=>)/;

/** Playwright evaluates a string as an expression: a function in it is never called, and nothing is waited for. */
it('gives pages no function as a string', () => {
  const files = ['bench', 'site', 'test'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:ts|tsx|js)$/.test(name))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  );
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => FUNCTION_IN_STRING.test(readFileSync(join(ROOT, file), 'utf8')))).toEqual([]);
});
