import { defineConfig } from 'vitest/config';

/** These run the bundled program, which is built once before the first of them. */
const PROGRAM = ['test/cli/program/**/*.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    // CommonJS packages come as in Node and in the bundle, which have one rule for `default`.
    deps: { interopDefault: false },
    projects: [
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['test/**/*.test.ts'],
          exclude: ['test/vscode/**', 'test/browser/**', ...PROGRAM],
        },
      },
      {
        extends: true,
        test: { name: 'program', include: PROGRAM, testTimeout: 180_000, globalSetup: ['test/cli/program/build.ts'] },
      },
    ],
  },
});
