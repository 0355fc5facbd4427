/** Draws the next standard-normal noise of a sample's length; called only when a step is stochastic. */
export type NoiseSource = () => Float32Array;

/**
 * A sampler prepared for one run, after diffusers' schedulers: `sample` is any flat tensor, such as the latents of all
 * frames; nothing depends on its shape. Step `i` runs from 0 to `timesteps.length − 1`; a run may begin later (image to
 * image) but then takes the steps in order.
 */
export interface Scheduler {
  /** What the UNet is told at each step, falling; fractional with k-diffusion's samplers. */
  readonly timesteps: readonly number[];
  /** Standard deviation of the first sample of a run that begins with pure noise. */
  readonly initNoiseSigma: number;
  /** The UNet's input at step `i`. May be `sample` itself. */
  scaleModelInput(sample: Float32Array, i: number): Float32Array;
  /** The sample after step `i`, a new array. @param epsilon the noise that the UNet predicts, of the sample's length */
  step(epsilon: Float32Array, i: number, sample: Float32Array, noise: NoiseSource): Float32Array;
  /** A clean sample with the noise that belongs to the beginning of step `i`. */
  addNoise(clean: Float32Array, noise: Float32Array, i: number): Float32Array;
}

/**
 * How a noisy sample is made of the clean one: `signal·clean + noise·ε`. k-diffusion's samples have signal 1
 * (variance exploding), those of DDPM signal² + noise² = 1 (variance preserving). noise ÷ signal is sigma in both.
 */
export interface NoiseLevel {
  readonly signal: number;
  readonly noise: number;
}

export const explodingLevel = (sigma: number): NoiseLevel => ({ signal: 1, noise: sigma });

export function preservingLevel(sigma: number): NoiseLevel {
  const signal = 1 / Math.sqrt(sigma * sigma + 1);
  return { signal, noise: sigma * signal };
}

/** a·x + b·y, element by element. @throws when the lengths differ */
export function combine(a: number, x: Float32Array, b: number, y: Float32Array): Float32Array {
  if (x.length !== y.length) throw new Error(`A sampler was given tensors of ${x.length} and ${y.length} values.`);
  const out = new Float32Array(x.length);
  for (let i = 0; i < out.length; i++) out[i] = a * x[i]! + b * y[i]!;
  return out;
}

/** k-diffusion's c_in: brings x₀ + sigma·ε to unit variance, which is what the UNet was trained on. */
export function scaleExploding(sample: Float32Array, sigma: number): Float32Array {
  const scale = 1 / Math.sqrt(sigma * sigma + 1);
  const out = new Float32Array(sample.length);
  for (let i = 0; i < out.length; i++) out[i] = sample[i]! * scale;
  return out;
}
