import { setImmediate } from 'node:timers/promises';
import type { TravelPlan } from '../../plan/plan.ts';
import type { Frames } from '../media/frames.ts';
import { toRgb } from '../media/pixels.ts';
import { mostSideBySide } from '../models/graph-runner.ts';
import { decodeInTiles } from '../models/vae/tiles.ts';
import type { Vae } from '../models/vae/vae.ts';
import { VAE_FACTOR } from '../models/vae/vae-factor.ts';
import type { PipelineContext } from './context.ts';
import { KeptPixels } from './inpainting.ts';
import { sideBySide } from './side-by-side.ts';

/**
 * Decode the latents of the frames that are shown to 8-bit RGB, frame by frame, whole or in tiles, small ones side by
 * side, and lay what a mask keeps of their images over them. Frames that the checkpoint has are not decoded again.
 *
 * @param latents `[frames, 4, height/8, width/8]`, flat
 * @param tile side of the tiles in pixels; null: whole frames
 */
export async function decodeLatents(
  plan: Pick<TravelPlan, 'width' | 'height' | 'frames' | 'output' | 'images' | 'masks'>,
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
  tile: number | null = null,
): Promise<Frames> {
  const { width, height, frames, output } = plan;
  const count = frames.length;
  const size = latents.length / count;
  const shown = [...new Set(output.order)].sort((a, b) => a - b);
  const decoded = new Map<number, Uint8Array>();
  const kept = new KeptPixels(plan);
  const onTile = async () => {
    // Running a graph blocks the thread. This lets a cancel request in.
    await setImmediate();
    signal.throwIfAborted();
    await files.check();
  };
  const decode = (frame: Float32Array) => {
    const shape = { height: height / VAE_FACTOR, width: width / VAE_FACTOR };
    if (tile === null) return vae.decode(frame, 1, shape.height, shape.width);
    const side = Math.max(1, Math.floor(tile / VAE_FACTOR));
    return decodeInTiles(frame, { ...shape, side, onTile }, (part, h, w) => vae.decode(part, 1, h, w));
  };
  const atOnce = vae.decodesSmall(width * height) ? mostSideBySide(runtime) : 1;
  await sideBySide(shown, atOnce, async (i) => {
    await onTile();
    const saved = await checkpoint.frame(i, tile);
    if (saved) {
      decoded.set(i, saved);
      progress.resume(1, shown.length);
      await pictures.frame(i, saved);
      return;
    }
    const whole = toRgb(await decode(latents.subarray(i * size, (i + 1) * size)));
    const { inpaint } = frames[i]!;
    const rgb = inpaint ? await kept.over(whole, inpaint) : whole;
    await checkpoint.saveFrame(i, rgb, tile);
    decoded.set(i, rgb);
    progress.advance(shown.length);
    await pictures.frame(i, rgb);
  });
  return { width, height, count, rgb: (index) => decoded.get(index)! };
}
