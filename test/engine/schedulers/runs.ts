import { FrameNoise } from '../../../engine/random/frame-noise.ts';
import { alphasCumprod, MOTION_BETAS } from '../../../engine/schedulers/betas.ts';
import {
  NO_MEMORY,
  type NoiseSource,
  type Prediction,
  type Scheduler,
  type StepResult,
} from '../../../engine/schedulers/scheduler.ts';
import { SigmaTable } from '../../../engine/schedulers/sigmas.ts';

/** A model of tests. @param call how often it was called before */
export type Model = (input: Float32Array, timestep: number, call: number) => Prediction;

export const noNoise: NoiseSource = () => {
  throw new Error('This step must not draw noise.');
};

export interface Run {
  readonly final: Float32Array;
  /** Of each step. */
  readonly results: readonly StepResult[];
  /** Timestep of each model call. */
  readonly timesteps: readonly number[];
}

/** Run a scheduler to its end. @param first step to begin with */
export function runScheduler(
  scheduler: Scheduler,
  start: Float32Array,
  model: Model,
  noise: NoiseSource = noNoise,
  first = 0,
): Run {
  let [sample, memory] = [start, NO_MEMORY];
  const results: StepResult[] = [];
  const timesteps: number[] = [];
  for (let i = first; i < scheduler.steps && !results.at(-1)?.isLast; i++) {
    const step = scheduler.step(i, sample, memory, noise);
    let next = step.next();
    while (!next.done) {
      const { input, timestep } = next.value;
      next = step.next(model(input, timestep, timesteps.push(timestep) - 1));
    }
    ({ sample, memory } = next.value);
    results.push(next.value);
  }
  return { final: sample, results, timesteps };
}

export const START = Float32Array.of(0.3, -1.2, 0.7, 2);

export const drawn = (): NoiseSource => {
  const noise = new FrameNoise({ generator: 'cpu', seeds: [3], shape: { channels: 1, height: 1, width: 4 } });
  return () => noise.next();
};

/**
 * A model that knows the clean sample: every prediction is exactly the noise that is left. Its input is
 * variance-preserving: √ᾱ·clean + √(1 − ᾱ)·ε.
 */
function knowing(clean: Float32Array, betas = MOTION_BETAS): Model {
  const table = new SigmaTable(alphasCumprod(betas));
  return (input, timestep) => {
    const sigma = table.sigmaAt(timestep);
    const scale = Math.hypot(1, sigma);
    const guided = input.map((value, k) => (value * scale - clean[k]!) / sigma);
    return { guided, negative: guided };
  };
}

/** Of the clean sample's estimate, and of the result. */
export function runTowards(
  clean: Float32Array,
  scheduler: Scheduler,
  noise: NoiseSource,
  first = 0,
  betas = MOTION_BETAS,
) {
  return runScheduler(scheduler, scheduler.addNoise(clean, START, first), knowing(clean, betas), noise, first);
}
