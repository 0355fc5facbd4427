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
  entryPoints: { travel: 'cli/main.ts', engine: 'engine/main.ts', server: 'server/main.ts' },
});

// VS Code loads CommonJS everywhere.
await build({
  ...node,
  format: 'cjs',
  banner: {},
  outExtension: { '.js': '.cjs' },
  entryPoints: { extension: 'client/extension.ts' },
});

// VS Code on the web adds `.js` to the entry's name, and takes it for CommonJS where that name ends in `.cjs`.
await build({
  bundle: true,
  platform: 'browser',
  target: 'es2023',
  format: 'cjs',
  outdir: 'dist/web',
  sourcemap: 'linked',
  logLevel: 'warning',
  external: ['vscode'],
  entryPoints: { 'extension.cjs': 'client/web.ts' },
});

// A classic worker: VS Code on the web starts it from a script's address.
await build({
  bundle: true,
  platform: 'browser',
  target: 'es2023',
  format: 'iife',
  outdir: 'dist/web',
  sourcemap: 'linked',
  logLevel: 'warning',
  entryPoints: { server: 'server/browser.ts' },
});
