import { SigmaScheduler } from './k-diffusion.ts';
import { combine, linear, type Memory, type Step } from './scheduler.ts';

const ORDER = 4;

/** Adams-Bashforth's linear multistep method in sigma, of up to fourth order: k-diffusion's `sample_lms`. */
export class LmsScheduler extends SigmaScheduler {
  *step(i: number, sample: Float32Array, { tensors: earlier }: Memory): Step {
    const sigma = this.sigmas[i]!;
    const epsilon = yield* this.predict(sample, sigma);
    /** Derivatives at this step and those before it. */
    const derivatives = [epsilon, ...earlier];
    const at = derivatives.map((_, back) => this.sigmas[i - back]!);
    return {
      sample: linear(
        [1, sample],
        ...derivatives.map((derivative, j) => [multistepWeight(at, j, this.sigmas[i + 1]!), derivative] as const),
      ),
      memory: { tensors: derivatives.slice(0, ORDER - 1), numbers: [] },
      clean: () => combine(1, sample, -sigma, epsilon),
    };
  }
}

/**
 * The integral from at[0] to `end` of the polynomial that is 1 at at[j] and 0 at the others. Gauss' rule with two
 * points is exact for it, because its degree is at most 3.
 */
function multistepWeight(at: readonly number[], j: number, end: number): number {
  const [middle, half] = [(at[0]! + end) / 2, (end - at[0]!) / 2];
  const basis = (x: number) =>
    at.reduce((product, sigma, k) => (k === j ? product : (product * (x - sigma)) / (at[j]! - sigma)), 1);
  return half * (basis(middle - half / Math.sqrt(3)) + basis(middle + half / Math.sqrt(3)));
}
