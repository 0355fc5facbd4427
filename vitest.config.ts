import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { GOLDEN_FOLDER } from './test/golden/folder.ts';

/** The test files that compare with reference data, which a clone of the project alone does not have. */
function comparingTests(): string[] {
  return readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join('test', file))
    .filter((file) => readFileSync(file, 'utf8').includes('golden/folder'));
}

/** These run the bundled program, which is built once before the first of them. */
const PROGRAM = ['test/cli/program/**/*.test.ts'];

const hasReference = existsSync(GOLDEN_FOLDER);
if (!hasReference) {
  console.warn(`There is no reference data at ${GOLDEN_FOLDER}: tests that compare with it are left out.`);
}

export default defineConfig({
  test: {
    testTimeout: 60_000,
    // CommonJS packages come as in Node and in the bundle, which have one rule for `default`.
    deps: { interopDefault: false },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/vscode/**', 'test/browser/**', ...PROGRAM, ...(hasReference ? [] : comparingTests())],
        },
      },
      {
        extends: true,
        test: { name: 'program', include: PROGRAM, testTimeout: 180_000, globalSetup: ['test/cli/program/build.ts'] },
      },
    ],
  },
});
