/**
 * Bundles every process into dist/. Native packages stay outside: they are loaded from node_modules. With
 * `--metafile FILE`, FILE lists as JSON what is in each bundle.
 */
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';
import { PROGRAMS } from './scripts/package/programs.ts';

const {
  values: { outdir, sourcemap, metafile },
} = parseArgs({
  allowNegative: true,
  options: {
    outdir: { type: 'string', default: 'dist' },
    sourcemap: { type: 'boolean', default: true },
    metafile: { type: 'string' },
  },
});
const contents = {};

async function build(options) {
  const common = { bundle: true, outdir, sourcemap: sourcemap && 'linked', logLevel: 'warning', metafile: true };
  const { metafile } = await esbuild.build({ ...common, ...options });
  for (const [output, { inputs }] of Object.entries(metafile.outputs)) contents[output] = Object.keys(inputs);
}

const node = {
  platform: 'node',
  target: 'node20',
  format: 'esm',
  external: ['onnxruntime-node', 'sharp', 'vscode'],
  // Packages written for CommonJS call require() of Node's own modules.
  banner: {
    js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
  },
};

await build({ ...node, entryPoints: PROGRAMS });

// VS Code loads CommonJS everywhere.
await build({
  ...node,
  format: 'cjs',
  banner: {},
  outExtension: { '.js': '.cjs' },
  entryPoints: { extension: 'client/extension.ts' },
});

// Without `.cjs` at its end, VS Code would take the entry for a module, as the package says.
await build({
  platform: 'browser',
  target: 'es2023',
  format: 'cjs',
  outdir: `${outdir}/web`,
  outExtension: { '.js': '.cjs' },
  // What a browser has to fetch.
  minify: true,
  external: ['vscode'],
  entryPoints: { extension: 'client/web.ts' },
});
// Older versions add `.js` to whatever they load in a browser.
await copyFile(`${outdir}/web/extension.cjs`, `${outdir}/web/extension.cjs.js`);

// A classic worker: VS Code on the web starts it from a script's address.
await build({
  platform: 'browser',
  target: 'es2023',
  format: 'iife',
  outdir: `${outdir}/web`,
  minify: true,
  entryPoints: { server: 'server/browser.ts' },
});

/** A codicon is imported as the path data of its outline: text that is never parsed as HTML. */
const codicons = {
  name: 'codicons',
  setup(builder) {
    builder.onLoad({ filter: /codicons.*\.svg$/ }, async ({ path }) => {
      const svg = await readFile(path, 'utf8');
      // Two decimals are exact enough for the largest icon, and a third less to load.
      const short = (number) => `${Number(Number(number).toFixed(2))}`;
      const paths = [...svg.matchAll(/<path\b[^>]*?\bd="([^"]+)"/g)].map(([, data]) =>
        data.replace(/\d*\.\d+/g, short),
      );
      return { contents: `export default ${JSON.stringify(paths)};` };
    });
  },
};

// The page of the preview, which the extension shows in a webview.
await build({
  platform: 'browser',
  target: 'es2023',
  format: 'iife',
  minify: true,
  charset: 'utf8',
  plugins: [codicons],
  entryPoints: { preview: 'webview/main.tsx' },
});

if (metafile) await writeFile(metafile, JSON.stringify(contents));
