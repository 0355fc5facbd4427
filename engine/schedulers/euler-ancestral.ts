import { EulerScheduler } from './euler.ts';
import { combine, type NoiseSource } from './scheduler.ts';

/**
 * Euler's method to a little below the next sigma, then new noise up to it: k-diffusion's `sample_euler_ancestral` with
 * eta 1 (A1111's "Euler a"), diffusers' EulerAncestralDiscreteScheduler. No noise is drawn for the last step.
 */
export class EulerAncestralScheduler extends EulerScheduler {
  override step(epsilon: Float32Array, i: number, sample: Float32Array, noise: NoiseSource): Float32Array {
    const from = this.sigmas[i]!;
    const to = this.sigmas[i + 1]!;
    const down = (to * to) / from;
    const up = Math.sqrt(to * to - down * down);
    const next = combine(1, sample, down - from, epsilon);
    return up > 0 ? combine(1, next, up, noise()) : next;
  }
}
