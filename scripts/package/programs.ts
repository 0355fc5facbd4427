/** The programs of Node and where each begins; `esbuild.mjs` bundles them as `dist/NAME.js`. */
export const PROGRAMS = {
  travel: 'cli/main.ts',
  engine: 'engine/main.ts',
  // The engine starts it.
  lane: 'engine/onnx/lane-worker.ts',
  preview: 'engine/pictures/preview-worker.ts',
  renders: 'rendering/service/main.ts',
  server: 'server/main.ts',
} as const;

export type ProgramName = keyof typeof PROGRAMS;
export const PROGRAM_NAMES = Object.keys(PROGRAMS) as ProgramName[];

/** Only the extension starts it. */
const OF_EXTENSION: ProgramName = 'renders';
export const NPM_PROGRAMS = PROGRAM_NAMES.filter((name) => name !== OF_EXTENSION);
