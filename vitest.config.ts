import { defineConfig } from 'vitest/config';
import { GOLDEN_FOLDER, HAS_GOLDEN } from './test/golden/folder.ts';

/** Tests that start a program in `dist/`, which is bundled once before the first of them. */
const PROGRAM_TESTS = [
  'test/cli/program/**/*.test.ts',
  'test/rendering/engine-inputs.test.ts',
  'test/rendering/local-engine.test.ts',
  'test/rendering/service/program.test.ts',
  'test/server/stdio.test.ts',
];

if (!HAS_GOLDEN) {
  console.warn(`The full reference set was not found at ${GOLDEN_FOLDER}: tests that need it are skipped.`);
}

/** Tests of the preview page in Chromium, as it is bundled. */
const PAGE_TESTS = ['test/webview/page/**/*.test.ts'];

/** Tests of the documentation site in Chromium, as it is built. */
const SITE_TESTS = ['test/site/**/*.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // CommonJS packages are imported as in Node and in the bundle, with the same rule for `default`.
    deps: { interopDefault: false },
    setupFiles: ['test/property-runs.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/vscode/**',
            'test/browser/**',
            'test/long/**',
            'test/webview/long/**',
            ...PROGRAM_TESTS,
            ...PAGE_TESTS,
            ...SITE_TESTS,
          ],
          globalSetup: ['scripts/generate.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'programs',
          include: PROGRAM_TESTS,
          testTimeout: 180_000,
          globalSetup: ['scripts/generate.ts', 'scripts/bundle.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'page',
          include: PAGE_TESTS,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          globalSetup: ['scripts/generate.ts', 'scripts/bundle.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'site',
          include: SITE_TESTS,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          globalSetup: ['scripts/generate.ts', 'scripts/bundle.ts', 'scripts/site.ts'],
        },
      },
    ],
  },
});
