import { actingUnits, type RenderCost, renderCost, workOfCall } from '../../plan/render-cost.ts';
import { samplingCalls } from '../../plan/steps.ts';
import type { Window } from '../../plan/windows.ts';
import type { Settings } from '../settings/schema.ts';
import { interpolatedLength } from '../time/interpolation.ts';
import { contextWindows, overlapFrames } from '../time/windows.ts';
import { type ClipModels, imageSize } from './models.ts';
import { stepChoice } from './sampling.ts';

/** The windows of a clip's first model call; those of other calls are shifted, but about as many. Null: a setting is wrong. */
export function firstWindows(settings: Settings, frames: number): readonly Window[] | null {
  const { context, stride, overlap, closed_loop: closedLoop, context_schedule: schedule, dialect } = settings;
  if (frames < 1 || overlapFrames(context, overlap) >= context) return null;
  return contextWindows({ frames, context, stride, overlap, closedLoop, schedule, steps: 1, dialect })[0]!;
}

/**
 * What a clip costs to render, without its prompts and its plan, so that it is known quickly for a long file.
 *
 * @param frames length of the clip
 * @returns null if a model or a setting is missing or wrong
 */
export function clipCost(
  settings: Settings,
  { checkpoint, motionModule, nativeSize }: Pick<ClipModels, 'checkpoint' | 'motionModule' | 'nativeSize'>,
  frames: number,
): RenderCost | null {
  const windows = firstWindows(settings, frames);
  if (!checkpoint || !windows) return null;
  const [width, height] = imageSize(settings, nativeSize);
  const inWindows = windows.reduce((sum, { length }) => sum + length, 0);
  const iterations = motionModule ? (settings.free_init?.iterations ?? 1) : 1;
  const work = iterations * workOfCall(settings.deep_cache?.interval);
  const calls = work * samplingCalls(stepChoice(settings)) * inWindows;
  if (calls === 0) return null;
  const length = interpolatedLength(settings);
  return renderCost({
    device: settings.device,
    checkpoint: checkpoint.size,
    calls,
    guided: settings.cfg_scale !== 1,
    controls: actingUnits(settings.controlnet),
    shown: Math.min(settings.frames, frames),
    interpolated: length && settings.interpolate?.method === 'film' ? length.after - length.before : 0,
    width,
    height,
  });
}
