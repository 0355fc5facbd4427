/** `npm run bench [-- plan|render|memory|server|activation …]`: timings of this machine; nothing is asserted. */
import { benchActivation } from './activation.ts';
import { benchMemory } from './memory.ts';
import { benchPlan } from './plan.ts';
import { benchRender } from './render.ts';

const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  plan: benchPlan,
  render: benchRender,
  memory: benchMemory,
  // A script that measures as it runs.
  server: async () => {
    await import('./server.ts');
  },
  activation: async () => benchActivation(),
};

const asked = process.argv.slice(2);
for (const [name, bench] of Object.entries(BENCHES)) {
  if (asked.length === 0 || asked.includes(name)) await bench();
}
