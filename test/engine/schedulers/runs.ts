import {
  NO_MEMORY,
  type NoiseSource,
  type Prediction,
  type Scheduler,
  type StepResult,
} from '../../../engine/schedulers/scheduler.ts';

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
