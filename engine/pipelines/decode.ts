import { setImmediate } from 'node:timers/promises';
import type { TravelPlan } from '../../plan/plan.ts';
import type { Frames } from '../media/frames.ts';
import { toRgb } from '../media/pixels.ts';
import type { Vae } from '../models/vae/vae.ts';
import { VAE_FACTOR } from '../models/vae/vae-factor.ts';
import type { PipelineContext } from './context.ts';
import { sideBySide } from './side-by-side.ts';

/**
 * Decode the latents of the frames that are shown to 8-bit RGB, frame by frame, small ones side by side. Frames that the checkpoint has are not
 * decoded again.
 *
 * @param latents `[frames, 4, height/8, width/8]`, flat
 */
export async function decodeLatents(
  { width, height, frames: { length: count }, output }: Pick<TravelPlan, 'width' | 'height' | 'frames' | 'output'>,
  vae: Pick<Vae, 'decode' | 'decodesSmall'>,
  latents: Float32Array,
  {
    runtime,
    files,
    checkpoint,
    progress,
    pictures,
    signal,
  }: Pick<PipelineContext, 'runtime' | 'files' | 'checkpoint' | 'progress' | 'pictures' | 'signal'>,
): Promise<Frames> {
  const size = latents.length / count;
  const shown = [...new Set(output.order)].sort((a, b) => a - b);
  const decoded = new Map<number, Uint8Array>();
  const atOnce = vae.decodesSmall(width * height) ? runtime.threads : 1;
  await sideBySide(shown, atOnce, async (i) => {
    // Running a graph blocks the thread. This lets a cancel request in.
    await setImmediate();
    signal.throwIfAborted();
    await files.check();
    const saved = await checkpoint.frame(i);
    if (saved) {
      decoded.set(i, saved);
      progress.resume(1, shown.length);
      await pictures.frame(i, saved);
      return;
    }
    const frame = latents.subarray(i * size, (i + 1) * size);
    const rgb = toRgb(await vae.decode(frame, 1, height / VAE_FACTOR, width / VAE_FACTOR));
    await checkpoint.saveFrame(i, rgb);
    decoded.set(i, rgb);
    progress.advance(shown.length);
    await pictures.frame(i, rgb);
  });
  return { width, height, count, rgb: (index) => decoded.get(index)! };
}
