import { PLAN_VERSION, type TravelPlan } from '../../plan/plan.ts';
import { plainSampling } from '../plan/sampling.ts';

/** A plan of `steps` steps with `windows` context windows in each. */
export function planOf({ steps = 3, windows = 1 } = {}): TravelPlan {
  const file = { path: '/models/a.safetensors', size: 1, mtimeMs: 0 };
  return {
    version: PLAN_VERSION,
    name: 'fox',
    source: 'fox',
    models: { checkpoint: file, vae: null, motionModule: null, clipSkip: 1, unload: false },
    loras: [],
    motionLoras: [],
    embeddings: [],
    images: [],
    masks: [],
    prompts: [{ text: 'fox', loras: [] }],
    frames: [
      {
        index: 0,
        positive: { from: 0, to: 0, t: 0 },
        negative: { from: 0, to: 0, t: 0 },
        cfgScale: 7,
        motionScale: 1,
        loras: [],
      },
    ],
    mix: 'slerp',
    promptEditing: 'by-step',
    emphasis: 'Original',
    sampling: plainSampling({ steps, seed: 1 }),
    width: 64,
    height: 64,
    context: {
      windows: Array.from({ length: steps }, () =>
        Array.from({ length: windows }, () => ({ start: 0, stride: 1, length: 1 })),
      ),
      fuse: 'pyramid',
      settings: null,
    },
    output: { base: '/out/fox', written: 'fox', formats: ['webp'], fps: 8, loop: 0, order: [0], interpolation: null },
    device: 'auto',
    rolled: [],
  };
}
