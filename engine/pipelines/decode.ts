import { setImmediate } from 'node:timers/promises';
import type { TravelPlan } from '../../plan/plan.ts';
import type { Frames } from '../media/frames.ts';
import { toRgb } from '../media/pixels.ts';
import { VAE_FACTOR, type Vae } from '../models/vae/vae.ts';
import type { PipelineContext } from './context.ts';

/**
 * Decode latents to 8-bit RGB, frame by frame. Frames that the checkpoint has are not decoded again.
 *
 * @param latents `[frames, 4, height/8, width/8]`, flat
 */
export async function decodeLatents(
  { width, height, frames: { length: count } }: Pick<TravelPlan, 'width' | 'height' | 'frames'>,
  vae: Pick<Vae, 'decode'>,
  latents: Float32Array,
  { files, checkpoint, progress, signal }: Pick<PipelineContext, 'files' | 'checkpoint' | 'progress' | 'signal'>,
): Promise<Frames> {
  const size = latents.length / count;
  const decoded: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    // Running a graph blocks the thread. This lets a cancel request in.
    await setImmediate();
    signal.throwIfAborted();
    await files.check();
    const saved = await checkpoint.frame(i);
    if (saved) {
      decoded.push(saved);
      progress.resume(1, count);
      continue;
    }
    const frame = latents.subarray(i * size, (i + 1) * size);
    const rgb = toRgb(await vae.decode(frame, 1, height / VAE_FACTOR, width / VAE_FACTOR));
    await checkpoint.saveFrame(i, rgb);
    decoded.push(rgb);
    progress.advance(count);
  }
  return { width, height, count, rgb: (index) => decoded[index]! };
}
