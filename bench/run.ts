/** `npm run bench [-- plan|render|annotators|memory|server|activation|page|vscode …]`: prints timings of this machine and asserts nothing. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { benchActivation, benchRendering } from './activation.ts';
import { benchAnnotators } from './annotators.ts';
import { benchMemory } from './memory.ts';
import { benchPlan } from './plan.ts';
import { benchRender } from './render.ts';

const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  plan: benchPlan,
  render: benchRender,
  annotators: async () => benchAnnotators(),
  memory: benchMemory,
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
for (const [name, bench] of Object.entries(BENCHES)) {
  if (requested.length === 0 || requested.includes(name)) await bench();
}
