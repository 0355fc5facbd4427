import { displayed, type Frames, type Sound } from '../../../engine/media/frames.ts';
import { type WriteOptions, writeClip } from '../../../engine/media/write.ts';
import type { TravelPlan } from '../../../plan/plan.ts';
import { publishedPlan } from '../../../plan/published-plan.ts';

/** Writes the frames of a plan as a render does. @param options.hashes SHA-256 of the model files, by path */
export async function writeOutputs(
  frames: Frames,
  plan: TravelPlan,
  {
    hashes = new Map(),
    sound,
    ...options
  }: WriteOptions & { readonly hashes?: ReadonlyMap<string, string>; readonly sound?: Sound | undefined } = {},
): Promise<{ files: string[] }> {
  options.signal?.throwIfAborted();
  return writeClip(
    { ...displayed(frames, plan), ...(sound && { sound }) },
    plan.output,
    publishedPlan(plan, hashes),
    options,
  );
}
