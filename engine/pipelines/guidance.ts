/** The UNet's prediction for one of the prompts that `AND` combines, in every frame of a window. */
export interface ConditionalPrediction {
  /** `[frames, …]`, flat. */
  readonly prediction: Float32Array;
  /** One weight per frame: it may travel with the prompt. */
  readonly weights: readonly number[];
}

/**
 * Classifier-free guidance with composed prompts, frame by frame: u + Σ wᵢ·cfg·(cᵢ − u), A1111's `combine_denoised`
 * (sd_samplers_cfg_denoiser.py). It is linear, so it can be applied to predicted noise instead of the clean image.
 *
 * @param unconditional the negative prompt's prediction, `[frames, …]`, flat
 * @param cfgScales one per frame
 * @returns a new array of the same length
 */
export function applyGuidance(
  unconditional: Float32Array,
  conditional: readonly ConditionalPrediction[],
  cfgScales: readonly number[],
): Float32Array {
  const frames = cfgScales.length;
  const frameSize = unconditional.length / frames;
  const mismatch = conditional.some(
    ({ prediction, weights }) => prediction.length !== unconditional.length || weights.length !== frames,
  );
  if (!Number.isInteger(frameSize) || mismatch) {
    throw new Error(`Guidance over ${frames} frames got predictions or weights of other sizes.`);
  }
  const out = new Float32Array(unconditional.length);
  const factors = new Float64Array(conditional.length);
  for (let frame = 0; frame < frames; frame++) {
    for (let part = 0; part < factors.length; part++) {
      factors[part] = conditional[part]!.weights[frame]! * cfgScales[frame]!;
    }
    const end = (frame + 1) * frameSize;
    for (let i = frame * frameSize; i < end; i++) {
      const base = unconditional[i]!;
      let sum = base;
      for (let part = 0; part < factors.length; part++) {
        sum += factors[part]! * (conditional[part]!.prediction[i]! - base);
      }
      out[i] = sum;
    }
  }
  return out;
}

/**
 * Composed prompts without a negative one: Σ wᵢ·cᵢ ÷ Σ wᵢ, frame by frame. A single prompt's prediction is left as it
 * is.
 */
export function weightedMean(conditional: readonly ConditionalPrediction[]): Float32Array {
  const [first, ...others] = conditional;
  if (first === undefined) throw new Error('There is no prediction.');
  if (others.length === 0) return first.prediction;
  const frameSize = first.prediction.length / first.weights.length;
  const out = Float32Array.from(first.prediction);
  for (const frame of first.weights.keys()) {
    let total = 0;
    for (const { weights } of conditional) total += weights[frame]!;
    if (total === 0) continue;
    const end = (frame + 1) * frameSize;
    for (let i = frame * frameSize; i < end; i++) {
      let sum = 0;
      for (const { prediction, weights } of conditional) sum += weights[frame]! * prediction[i]!;
      out[i] = sum / total;
    }
  }
  return out;
}

/**
 * Lin et al. 2023, "Common Diffusion Noise Schedules and Sample Steps are Flawed", section 3.4: guidance raises the
 * deviation of the prediction and overexposes images. Each frame's guided noise is scaled to the deviation of the noise
 * without guidance, and mixed with what it was (diffusers' `rescale_noise_cfg`).
 *
 * @param unguided the positive prompts' prediction: guidance with a scale of 1
 * @param amount 0: `guided` as it is; 1: rescaled
 */
export function rescaleGuidance(
  guided: Float32Array,
  unguided: Float32Array,
  frames: number,
  amount: number,
): Float32Array {
  const frameSize = guided.length / frames;
  const out = new Float32Array(guided.length);
  for (let start = 0; start < guided.length; start += frameSize) {
    const [from, to] = [guided, unguided].map((values) => deviation(values.subarray(start, start + frameSize)));
    const factor = from === 0 ? 1 : amount * (to! / from!) + 1 - amount;
    for (let i = start; i < start + frameSize; i++) out[i] = factor * guided[i]!;
  }
  return out;
}

function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
