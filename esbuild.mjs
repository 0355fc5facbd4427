/** Bundles every process into dist/. Native packages stay outside: they are loaded from node_modules. */
import { build } from 'esbuild';

const node = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  outdir: 'dist',
  sourcemap: 'linked',
  logLevel: 'warning',
  external: ['onnxruntime-node', 'sharp', 'vscode'],
  // Packages written for CommonJS call require() of Node's own modules.
  banner: {
    js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
  },
};

await build({
  ...node,
  entryPoints: { travel: 'cli/main.ts', engine: 'engine/main.ts', golden: 'test/golden/run.ts' },
});
