/** What a sampler asks the UNet for. */
export interface ModelCall {
  /** The UNet's input, of the sample's length. May be the sample itself. */
  readonly input: Float32Array;
  /** 0 … 999; fractional for k-diffusion's samplers. */
  readonly timestep: number;
  /**
   * The prediction that leads to a clean sample. With it, a mask acts after the prediction; without, before it, in the
   * input: A1111's `mask_before_denoising`, which its own samplers have (sd_samplers_timesteps.py).
   */
  readonly noiseTo?: (clean: Float32Array) => Float32Array;
}

/** The noise that the UNet predicts in an input. */
export interface Prediction {
  /** With guidance. */
  readonly guided: Float32Array;
  /** Of the negative prompt alone; only present if the sampler `needsNegative`. */
  readonly negative?: Float32Array;
}

/**
 * Standard-normal noise of a sample's length, for the step from one noise level to another. Most noise is drawn in
 * order and does not depend on them; Brownian noise depends on nothing else.
 */
export type NoiseSource = (from: number, to: number) => Float32Array;

/** What a step keeps for later ones. All of a sampler's state is in it, so a run can be continued anywhere. */
export interface Memory {
  /** Each of the sample's length. */
  readonly tensors: readonly Float32Array[];
  readonly numbers: readonly number[];
}

export const NO_MEMORY: Memory = { tensors: [], numbers: [] };

export interface StepResult {
  /** A new array. */
  readonly sample: Float32Array;
  readonly memory: Memory;
  /** The clean sample that the last prediction implies: what the run would end with if the UNet were never wrong. */
  readonly clean: () => Float32Array;
  /** Only from samplers whose number of steps is not known before: whether this was the last one. */
  readonly isLast?: boolean;
}

/** A step: yields each call of the model, receives its prediction, and returns its result. */
export type Step = Generator<ModelCall, StepResult, Prediction>;

/** A part of a step that calls the model, and what it computes. */
export type PartOfStep = Generator<ModelCall, Float32Array, Prediction>;

/**
 * A sampler prepared for one run. A sample is any flat tensor, such as the latents of all frames; nothing depends on
 * its shape. Nothing of a run is kept in the object: a step depends only on its arguments.
 */
export interface Scheduler {
  /** Steps of a run; Infinity if they are not known before. */
  readonly steps: number;
  /** Standard deviation of the initial sample of a run that starts from pure noise. */
  readonly initNoiseSigma: number;
  /** Whether predictions need the negative prompt's own. */
  readonly needsNegative?: true;
  /** @param i 0-based @param memory of the step before; `NO_MEMORY` at the start of a run, whatever its first step */
  step(i: number, sample: Float32Array, memory: Memory, noise: NoiseSource): Step;
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

/** Σ factor·tensor, element by element, rounded once. @throws when the lengths differ */
export function linear(...terms: readonly (readonly [factor: number, tensor: Float32Array])[]): Float32Array {
  const length = terms[0]![1].length;
  const other = terms.find(([, tensor]) => tensor.length !== length);
  if (other) throw new Error(`A sampler got tensors of ${length} and ${other[1].length} values.`);
  const out = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    let sum = 0;
    for (const [factor, tensor] of terms) sum += factor * tensor[i]!;
    out[i] = sum;
  }
  return out;
}

/** The sample with `factor` of new noise; none is drawn if there is nothing to add. */
export function withNoise(sample: Float32Array, factor: number, noise: () => Float32Array): Float32Array {
  return factor > 0 ? combine(1, sample, factor, noise()) : sample;
}
