import type { TravelPlan } from '../../plan/plan.ts';
import { readBrightness } from '../media/read-mask.ts';
import { regionMask } from '../models/controlnet/region-mask.ts';
import { unchangedState } from '../models/model-files.ts';
import { VAE_FACTOR } from '../models/vae/vae-factor.ts';
import type { PipelineContext } from './context.ts';

/** Where units act in a frame: values of `regionMask`; null: nowhere. */
export type ControlMasks = ReadonlyMap<number, Float32Array | null>;

/**
 * The masks of a plan's ControlNet units that its frames have, by index.
 *
 * @throws RenderError if a file has changed since it was planned, or is no image
 */
export async function readControlMasks(
  { control, frames, width, height }: Pick<TravelPlan, 'control' | 'frames' | 'width' | 'height'>,
  { signal }: Pick<PipelineContext, 'signal'>,
): Promise<ControlMasks> {
  const size = { height: height / VAE_FACTOR, width: width / VAE_FACTOR };
  const read = new Map<number, Float32Array | null>();
  for (const index of new Set(frames.flatMap(({ controls }) => (controls ?? []).flatMap((own) => own?.mask ?? [])))) {
    signal.throwIfAborted();
    const file = control!.masks![index]!;
    await unchangedState(file);
    const mask = regionMask(await readBrightness(file.path), size);
    read.set(index, mask.some((value) => value > 0) ? mask : null);
  }
  return read;
}
