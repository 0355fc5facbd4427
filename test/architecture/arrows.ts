/**
 * The architecture as data: each folder and the folders that it may import. `docs/architecture.md` draws them.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  plan: [],
  disk: [],
  prompt: ['plan'],
  weights: ['disk', 'plan'],
  videos: ['plan'],
  protocol: ['plan'],
  grammar: ['plan', 'prompt'],
  exchange: ['plan', 'grammar', 'prompt'],
  library: ['disk', 'plan', 'prompt', 'grammar', 'weights', 'videos'],
  engine: ['disk', 'plan', 'prompt', 'weights', 'videos', 'protocol'],
  rendering: ['disk', 'plan', 'protocol'],
  server: ['plan', 'prompt', 'protocol', 'grammar', 'exchange'],
  client: ['disk', 'plan', 'protocol', 'rendering'],
  webview: ['protocol'],
  site: ['protocol'],
  cli: ['disk', 'plan', 'protocol', 'grammar', 'exchange', 'library', 'rendering'],
};

/** Single arrows beyond those, each with its reason. */
export const EXCEPTIONS: readonly { readonly from: string; readonly to: string; readonly why: string }[] = [
  {
    from: 'server/hosts/node-host.ts',
    to: 'library',
    why: 'The host of a computer with a disk looks for files there. The rest of the server runs in a browser, too.',
  },
  {
    from: 'server/hosts/node-host.ts',
    to: 'weights/describe-text.ts',
    why: 'The same host puts the type of a model file into words.',
  },
  {
    from: 'cli/system-report.ts',
    to: 'engine/media/find-ffmpeg.ts',
    why: 'The report names the ffmpeg that the engine finds.',
  },
  {
    from: 'library/has-ffmpeg.ts',
    to: 'engine/media/find-ffmpeg.ts',
    why: 'The checks know if the engine will find an ffmpeg.',
  },
  {
    from: 'client/exchange',
    to: 'exchange/sources.ts',
    why: 'The extension and the command line read a file in the same way. The server converts what was read.',
  },
  {
    from: 'client/machine.ts',
    to: 'library/cache-folder.ts',
    why: 'The extension uses the cache folder that the command line and the server use.',
  },
  {
    from: 'client/machine.ts',
    to: 'library/machine.ts',
    why: 'What is set on a computer means the same in its settings, on the command line and in the server.',
  },
  {
    from: 'library/file-environment.ts',
    to: 'protocol/cache-layout.ts',
    why: 'The checks know which hints renders found to be black.',
  },
  {
    from: 'library/header-cache.ts',
    to: 'protocol/cache-layout.ts',
    why: 'The names of what several processes keep in the cache folder are there.',
  },
  {
    from: 'library/model-library.ts',
    to: 'engine/models/file-hashes.ts',
    why: 'The engine keeps the hashes of models, and no model is hashed twice.',
  },
  { from: 'cli/models.ts', to: 'weights/describe-text.ts', why: '`travel models` prints the type of a model file.' },
  {
    from: 'cli/language-server.ts',
    to: 'server',
    why: '`travel language-server` starts the server in its own process, for editors that know one program only.',
  },
  { from: 'site/playground', to: 'dist', why: 'The playground runs the bundles of the server and the preview page.' },
  {
    from: 'site/playground',
    to: 'models/clip',
    why: 'The server counts tokens with the vocabulary, a file of the site.',
  },
  { from: 'site/playground', to: 'examples', why: 'The playground begins with the text of an example.' },
  { from: 'site/.vitepress/theme', to: 'docs/images', why: 'The start page shows the clip of the example.' },
];

/** Folders inside `grammar/` that never import each other: checks and planner share only what is in `clip/`. */
export const NEVER_IMPORT: readonly { readonly from: string; readonly to: string }[] = [
  { from: 'grammar/checks', to: 'grammar/planner' },
  { from: 'grammar/planner', to: 'grammar/checks' },
  { from: 'grammar/clip', to: 'grammar/checks' },
  { from: 'grammar/clip', to: 'grammar/planner' },
];

/** Folders and files that use no Node module, because they run in a browser, too. */
export const WITHOUT_NODE: readonly string[] = ['plan', 'protocol', 'prompt', 'grammar', 'exchange', 'webview'];

/** Packages that only some places may import. */
export const ONLY_IN: Readonly<Record<string, readonly string[]>> = {
  vscode: ['client'],
  langium: ['grammar', 'server'],
  chevrotain: ['grammar', 'server'],
  'onnxruntime-node': ['engine/onnx'],
  sharp: ['engine/media/load-sharp.ts'],
  preact: ['webview'],
  vitepress: ['site'],
  vue: ['site'],
  '@codemirror': ['site'],
};
