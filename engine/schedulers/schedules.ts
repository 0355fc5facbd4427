import type { SigmaSchedule } from '../../plan/samplers.ts';
import { betaQuantile } from './beta-quantile.ts';
import { karrasSigmas, linspace, type Sigmas } from './sigmas.ts';

type Schedule = (steps: number, known: Sigmas) => number[];

/** Sabour et al. 2024, "Align Your Steps": the published sigmas for Stable Diffusion 1.5. */
const ALIGN_YOUR_STEPS = [14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029];

/** Both parameters of the distribution of `beta`: A1111's defaults, from Lee et al. 2024. */
const BETA_SHAPE = 0.6;

const even: Schedule = (steps, known) => linspace(...known.ends, steps).map((timestep) => known.sigmaAt(timestep));

const exponential: Schedule = (steps, { min, max }) => linspace(Math.log(max), Math.log(min), steps).map(Math.exp);

/**
 * A1111 1.10's schedules (sd_schedulers.py): descending sigmas, with the 0 that most of them end with.
 *
 * @param steps that are asked for; `ddim` may make another number
 */
export const SCHEDULES: Readonly<Record<SigmaSchedule, Schedule>> = {
  uniform: (steps, known) => [...even(steps, known), 0],
  karras: (steps, { min, max }) => [...karrasSigmas(min, max, steps), 0],
  exponential: (steps, known) => [...exponential(steps, known), 0],
  // With A1111's default rho of 1, its sigmas are those of `exponential`.
  polyexponential: (steps, known) => [...exponential(steps, known), 0],
  sgm_uniform: (steps, known) => [...even(steps + 1, known).slice(0, -1), 0],
  // Ends with the smallest sigma that the model knows, not with 0.
  kl_optimal: (steps, { min, max }) => linspace(Math.atan(max), Math.atan(min), steps + 1).map(Math.tan),
  align_your_steps: (steps) => [...alignYourSteps(steps), 0],
  simple: (steps, { sigmas }) => [
    ...Array.from({ length: steps }, (_, i) => sigmas.at(-1 - Math.floor((i * sigmas.length) / steps))!),
    0,
  ],
  normal: (steps, known) => [...even(steps, known), 0],
  ddim: (steps, { sigmas }) => {
    const stride = Math.max(Math.floor(sigmas.length / steps), 1);
    return [...sigmas.filter((_, i) => i % stride === 1 % stride && i > 0).reverse(), 0];
  },
  beta: (steps, { min, max }) => [
    ...linspace(0, 1, steps).map((share) => min + betaQuantile(1 - share, BETA_SHAPE) * (max - min)),
    0,
  ],
};

/** The published sigmas, interpolated in log sigma. A single step is the last of them, as in A1111. */
function alignYourSteps(steps: number): number[] {
  const logs = ALIGN_YOUR_STEPS.map(Math.log);
  return linspace(1, 0, steps)
    .map((share) => (steps === 1 ? 1 : 1 - share) * (logs.length - 1))
    .map((position) => {
      const low = Math.min(Math.floor(position), logs.length - 2);
      return Math.exp(logs[low]! + (position - low) * (logs[low + 1]! - logs[low]!));
    });
}
