import { controlsOfFrames } from '../controlnet/controls.ts';
import { type DeepInput, givenFeatures } from './unet-input.ts';

/**
 * Predicts separate images, `batch` of them at a time; the last ones again, so that all batches have one size.
 *
 * @param predict for so many frames
 * @returns of each clip `[frames, …]`, flat
 */
export async function predictInBatches(
  input: DeepInput,
  batch: number,
  predict: (input: DeepInput) => Promise<Float32Array[]>,
): Promise<Float32Array[]> {
  const { samples, contexts, frames, timesteps, motionScale, guidance, deep } = input;
  const { loraStrengths = [], controls = [] } = input;
  const noise: Float32Array[] = [];
  for (let next = 0; next < frames; next += batch) {
    const start = Math.min(next, frames - batch);
    const end = start + batch;
    /** Of one value per frame, or one for all. */
    const part = <T>(values: readonly T[]) => (values.length === 1 ? values : values.slice(start, end));
    /** Of `[frames, …]`, flat. */
    const rows = (values: Float32Array) =>
      values.subarray((start * values.length) / frames, (end * values.length) / frames);
    const parts = await predict({
      ...input,
      frames: batch,
      samples: samples.map(rows),
      ...(givenFeatures(deep) && { deep: givenFeatures(deep)!.map(rows) }),
      timesteps: part(timesteps),
      contexts: contexts.map((context) => context.slice(start, end)),
      ...(motionScale && { motionScale: part(motionScale) }),
      ...(guidance && { guidance: part(guidance) }),
      loraStrengths: loraStrengths.map(part),
      controls: controlsOfFrames(controls, start, end),
    });
    for (const [clip, predicted] of parts.entries()) {
      // An inpainting model has more channels in its input than in its output.
      const frameSize = predicted.length / batch;
      noise[clip] ??= new Float32Array(frames * frameSize);
      noise[clip].set(predicted, start * frameSize);
    }
  }
  return noise;
}
