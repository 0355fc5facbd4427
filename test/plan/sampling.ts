import type { TravelPlan } from '../../plan/plan.ts';

/** How a plan samples if its file says nothing else. */
export const plainSampling = (changes: Partial<TravelPlan['sampling']>): TravelPlan['sampling'] => ({
  sampler: 'Euler',
  schedule: 'uniform',
  steps: 2,
  seed: 5,
  rng: 'cpu',
  parameters: {},
  noise: { subseed: 0, subseedStrength: 0, resizeFrom: null, etaNoiseSeedDelta: 0 },
  cfgRescale: 0,
  denoising: null,
  until: null,
  ...changes,
});
