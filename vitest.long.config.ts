import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** The test files with properties, which run with more cases here. */
function propertyTests(): string[] {
  return readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join('test', file))
    .filter((file) => readFileSync(file, 'utf8').includes("from 'fast-check'"));
}

/** `npm run test:long`: each property with 20 times as many cases, programs that are killed at random moments, and what only shows after long use. */
export default defineConfig({
  test: {
    testTimeout: 30 * 60_000,
    deps: { interopDefault: false },
    globalSetup: ['scripts/generate.ts', 'scripts/bundle.ts'],
    setupFiles: ['test/property-runs.ts'],
    env: { TRAVEL_PROPERTY_FACTOR: '20' },
    include: [...propertyTests(), 'test/long/**/*.test.ts', 'test/webview/long/**/*.test.ts'],
  },
});
