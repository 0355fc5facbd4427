import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/vscode/**', 'test/browser/**'],
    testTimeout: 60_000,
    // CommonJS packages come as in Node and in the bundle, which have one rule for `default`.
    deps: { interopDefault: false },
  },
});
