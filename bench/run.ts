/**
 * `npm run bench [-- plan|render|full-size|annotators|decode|source-frames|frames|operators|int8|memory|film|server|activation|page|vscode …]`: prints timings of this
 * machine and asserts nothing. `speed FOLDER` compares with the sources in a folder.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { benchActivation, benchRendering } from './activation.ts';
import { benchAnnotators } from './annotators.ts';
import { benchDecode } from './decode.ts';
import { benchFilm } from './film.ts';
import { benchFullSize } from './full-size.ts';
import { benchInt8 } from './int8.ts';
import { benchManyFrames } from './many-frames.ts';
import { benchMemory } from './memory.ts';
import { benchOperators } from './operators.ts';
import { benchPlan } from './plan.ts';
import { benchRender } from './render.ts';
import { benchSourceFrames } from './source-frames.ts';
import { benchSpeed } from './speed.ts';

const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  plan: benchPlan,
  render: benchRender,
  'full-size': benchFullSize,
  annotators: async () => benchAnnotators(),
  decode: benchDecode,
  'source-frames': benchSourceFrames,
  frames: benchManyFrames,
  operators: benchOperators,
  int8: benchInt8,
  memory: benchMemory,
  film: benchFilm,
  // This module measures when it is imported.
  server: async () => {
    await import('./server.ts');
  },
  activation: async () => benchActivation(),
  // Its functions run in a browser, whose types are not these.
  page: async () => void execFileSync(process.execPath, [join(import.meta.dirname, 'page.ts')], { stdio: 'inherit' }),
  vscode: async () => benchRendering(),
};

const requested = process.argv.slice(2);
const [first, folder] = requested;
if (first === 'speed') {
  if (folder === undefined)
    throw new Error('Name a folder with the sources to compare with: npm run bench -- speed FOLDER');
  await benchSpeed(folder);
} else {
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (requested.length === 0 || requested.includes(name)) await bench();
  }
}
