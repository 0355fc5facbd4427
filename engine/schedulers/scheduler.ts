/** The next standard-normal noise of a sample's length; called only by stochastic steps. */
export type NoiseSource = () => Float32Array;

/**
 * A sampler prepared for one run, modeled on diffusers' schedulers. `sample` is any flat tensor, such as the latents of
 * all frames; nothing depends on its shape. Step `i` goes from 0 to `timesteps.length − 1`; a run may start later
 * (image to image), but takes the steps in order.
 */
export interface Scheduler {
  /** The UNet's timestep at each step, descending; fractional for k-diffusion's samplers. */
  readonly timesteps: readonly number[];
  /** Standard deviation of the initial sample of a run that starts from pure noise. */
  readonly initNoiseSigma: number;
  /** The UNet's input at step `i`. May be `sample` itself. */
  scaleModelInput(sample: Float32Array, i: number): Float32Array;
  /** The sample after step `i`, a new array. @param epsilon the noise that the UNet predicts, of the sample's length */
  step(epsilon: Float32Array, i: number, sample: Float32Array, noise: NoiseSource): Float32Array;
  /**
   * The clean sample that a prediction at step `i` implies: what the run would end with if the UNet were never wrong.
   */
  clean(epsilon: Float32Array, i: number, sample: Float32Array): Float32Array;
  /** What the next step needs of earlier ones; absent in single-step samplers. */
  history?(): readonly Float32Array[];
  /** Continues a run before step `i`. @param history of the scheduler that made the steps before */
  resume?(i: number, history: readonly Float32Array[]): void;
  /** A clean sample with the noise of the start of step `i`. */
  addNoise(clean: Float32Array, noise: Float32Array, i: number): Float32Array;
}

/** a·x + b·y, element by element. @throws when the lengths differ */
export function combine(a: number, x: Float32Array, b: number, y: Float32Array): Float32Array {
  if (x.length !== y.length) throw new Error(`A sampler got tensors of ${x.length} and ${y.length} values.`);
  const out = new Float32Array(x.length);
  for (let i = 0; i < out.length; i++) out[i] = a * x[i]! + b * y[i]!;
  return out;
}

/** k-diffusion's c_in: scales x₀ + sigma·ε to unit variance, as in the UNet's training. */
export function scaleExploding(sample: Float32Array, sigma: number): Float32Array {
  const scale = 1 / Math.sqrt(sigma * sigma + 1);
  const out = new Float32Array(sample.length);
  for (let i = 0; i < out.length; i++) out[i] = sample[i]! * scale;
  return out;
}
