import { type MemoryPlan, MOST_FRAME_BYTES } from '../../plan/memory.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import { BoundedCache } from '../bounded-cache.ts';
import type { Frames } from '../media/frames.ts';
import { toRgb } from '../media/pixels.ts';
import { decodeInTiles, latentSide } from '../models/vae/tiles.ts';
import type { Vae } from '../models/vae/vae.ts';
import { VAE_FACTOR } from '../models/vae/vae-factor.ts';
import { betweenCalls } from './between-calls.ts';
import type { PipelineContext } from './context.ts';
import { KeptPixels } from './inpainting.ts';
import { sideBySide } from './side-by-side.ts';

/**
 * Decode the latents of the frames that are shown to 8-bit RGB, frame by frame, whole or in tiles, small ones side by
 * side, and lay what a mask keeps of their images over them. Frames that the checkpoint has are not decoded again, and
 * read from there when they are needed.
 *
 * @param latents `[frames, 4, height/8, width/8]`, flat
 * @param memory tiles, and frames at the same time; default: whole frames, one at a time
 * @param mostBytes of frames in memory, if the others can be read from the checkpoint
 */
export async function decodeLatents(
  plan: Pick<TravelPlan, 'width' | 'height' | 'frames' | 'output' | 'images' | 'masks'>,
  vae: Pick<Vae, 'allow' | 'decode'>,
  latents: Float32Array,
  {
    files,
    checkpoint,
    progress,
    pictures,
    signal,
    cacheFolder,
  }: Pick<PipelineContext, 'files' | 'checkpoint' | 'progress' | 'pictures' | 'signal' | 'cacheFolder'>,
  { tile, decodes }: Pick<MemoryPlan, 'tile' | 'decodes'> = { tile: null, decodes: 1 },
  mostBytes = MOST_FRAME_BYTES,
): Promise<Frames> {
  const { width, height, frames, output } = plan;
  const count = frames.length;
  const size = latents.length / count;
  const shown = [...new Set(output.order)].sort((a, b) => a - b);
  const decoded = new BoundedCache<number, Uint8Array>(() =>
    checkpoint.isSaving ? mostBytes : Number.POSITIVE_INFINITY,
  );
  const kept = new KeptPixels(plan, { signal, cacheFolder });
  const onTile = () => betweenCalls({ files, signal });
  const decode = (frame: Float32Array) => {
    const shape = { height: height / VAE_FACTOR, width: width / VAE_FACTOR };
    if (tile === null) return vae.decode(frame, 1, shape.height, shape.width);
    return decodeInTiles(frame, { ...shape, side: latentSide(tile), onTile }, (part, h, w) =>
      vae.decode(part, 1, h, w),
    );
  };
  const make = async (i: number): Promise<Uint8Array> => {
    const whole = toRgb(await decode(latents.subarray(i * size, (i + 1) * size)));
    const { inpaint } = frames[i]!;
    const rgb = inpaint ? await kept.over(whole, inpaint) : whole;
    await checkpoint.saveFrame(i, rgb, tile);
    return rgb;
  };
  const rgb = async (i: number): Promise<Uint8Array> => {
    // Another render of the same plan may have removed what was saved.
    const frame = decoded.get(i) ?? (await checkpoint.frame(i, tile)) ?? (await make(i).finally(() => kept.close()));
    decoded.set(i, frame);
    return frame;
  };
  await vae.allow(decodes);
  try {
    await sideBySide(shown, decodes, async (i) => {
      await onTile();
      const saved = await checkpoint.frame(i, tile);
      decoded.set(i, saved ?? (await make(i)));
      if (saved) progress.resume(1, shown.length);
      else progress.advance(shown.length);
      await pictures.frame(i, () => rgb(i));
    });
  } finally {
    await kept.close();
  }
  return { width, height, count, rgb };
}
