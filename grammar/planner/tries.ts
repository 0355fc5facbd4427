import { smallest } from '../../plan/extremes.ts';
import { FORMAT_LIMITS } from '../../plan/format-limits.ts';
import { picturesPerFrame } from '../../plan/interpolation.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import { samplingCalls, samplingSteps } from '../../plan/steps.ts';
import type { ClipContext } from '../clip/context.ts';
import { planContext } from './build-plan.ts';

/*
 * Renders that cost little, made of the plan of a whole clip. What they show is a promise about the whole render, so
 * they keep its noise: each frame has the number that it has in the clip.
 */

/** A plan, and what to tell a person about it. */
export interface NotedPlan {
  readonly plan: TravelPlan;
  /** Whole sentences; empty: nothing to tell. */
  readonly note: string;
}

/** Checkpoints lose composition and detail below their native size by more than this. */
const SMALLEST_SCALE = 1.34;

/** With fewer steps, samplers leave noise and blur. */
const FEWEST_STEPS = 8;

/** With fewer frames, motion modules show hardly any motion. */
const FEWEST_FRAMES = 8;

/**
 * A draft of a clip: as small as the checkpoint allows, half the steps, every second frame at half the rate, one WebP.
 *
 * @param plan of the whole clip
 */
export function draftPlan(plan: TravelPlan, { settings, models }: Pick<ClipContext, 'settings' | 'models'>): NotedPlan {
  const { sampling, output } = plan;
  const [width, height] = draftSize([plan.width, plan.height], models.nativeSize);
  const half = Math.min(sampling.steps, Math.max(FEWEST_STEPS, Math.ceil(sampling.steps / 2)));
  // From images, only a part of the steps is made, which may be none.
  const steps = samplingSteps({ ...sampling, steps: half }) > 0 ? half : sampling.steps;
  const shown = Math.min(settings.frames, plan.frames.length);
  const every = halvesFrames(shown, output.fps / picturesPerFrame(output)) ? 2 : 1;
  const frames = plan.frames.filter((_, position) => position % every === 0);
  const changes = [
    ...(width === plan.width && height === plan.height
      ? []
      : [`${width}×${height} instead of ${plan.width}×${plan.height}`]),
    ...(steps === sampling.steps ? [] : [`${steps} of ${sampling.steps} steps`]),
    ...(every === 1 ? [] : ['every second frame']),
    ...(output.interpolation === null ? [] : ['no new frames']),
  ];
  return {
    plan: {
      ...plan,
      width,
      height,
      frames,
      sampling: { ...sampling, steps },
      context: planContext(
        settings,
        { sampled: frames.length, shown: Math.ceil(shown / every) },
        { ...sampling, steps },
      ),
      output: {
        ...output,
        base: `${output.base}-draft`,
        formats: ['webp'],
        // As long as with the frames that are left out.
        fps: output.fps / picturesPerFrame(output) / every,
        interpolation: null,
        order: output.order.filter((position) => position % every === 0).map((position) => position / every),
      },
    },
    note: changes.length > 0 ? `Draft: ${changes.join(', ')}.` : 'Draft: the clip is too small to leave anything out.',
  };
}

/** Whether enough frames are left without every second one, and WebP can show them long enough. */
function halvesFrames(frames: number, fps: number): boolean {
  return frames / 2 >= FEWEST_FRAMES && fps / 2 >= FORMAT_LIMITS.webp!.slowest;
}

/** Pixels, multiples of 8. The shorter side is as small as the checkpoint allows; nothing is enlarged. */
function draftSize(
  [width, height]: readonly [number, number],
  nativeSize: readonly [number, number],
): readonly [number, number] {
  const shorter = Math.min(width, height);
  const wanted = Math.ceil(smallest(nativeSize) / SMALLEST_SCALE / 8) * 8;
  if (wanted >= shorter) return [width, height];
  const scaled = (side: number) => (side === shorter ? wanted : Math.round((side * wanted) / shorter / 8) * 8);
  return [scaled(width), scaled(height)];
}

/**
 * One frame of a clip, as a PNG: only the context window around it is sampled, and only the frame is decoded.
 *
 * @param plan of the clip, with this frame as its range
 * @param folder absolute path of the folder to write to, without a slash at its end
 */
export function framePlan(plan: TravelPlan, { settings }: Pick<ClipContext, 'settings'>, folder: string): NotedPlan {
  const { sampling, output } = plan;
  const position = output.order[0]!;
  const length = Math.min(settings.context, plan.frames.length);
  const start = Math.max(0, Math.min(position - Math.floor(length / 2), plan.frames.length - length));
  const frames = plan.frames.slice(start, start + length);
  const { index } = plan.frames[position]!;
  const isAlone = length < plan.frames.length;
  return {
    plan: {
      ...plan,
      frames,
      context: {
        windows: Array.from({ length: samplingCalls(sampling) }, () => [{ start: 0, stride: 1, length }]),
        fuse: plan.context.fuse,
        settings: { frames: length, length, stride: 1, overlap: -1, closedLoop: 'N' },
      },
      output: {
        ...output,
        base: `${folder}/${plan.name}-${index}`,
        formats: ['png'],
        order: [position - start],
        interpolation: null,
      },
    },
    note: isAlone
      ? `Only the ${length} frames around it were sampled. The full render may differ.`
      : 'It is the same in the full render.',
  };
}
