import * as l10n from '@vscode/l10n';
import { largest, smallest } from '../plan/extremes.ts';
import { shownFrames } from '../plan/interpolation.ts';
import type { TravelPlan } from '../plan/plan.ts';
import { firstCallOf, knowsSteps, renderSteps, samplingSteps } from '../plan/steps.ts';
import { clock } from '../plan/units.ts';
import { plansOf, type Work } from '../plan/work.ts';
import type { RenderProgress, RenderResult, RenderStage } from '../protocol/engine.ts';
import type { Extent } from '../protocol/renders.ts';

const ACTIVITIES: Readonly<Record<RenderStage, string>> = {
  load: 'loading models',
  encode: 'encoding prompts',
  sample: 'sampling',
  decode: 'decoding frames',
  interpolate: 'interpolating frames',
  write: 'writing files',
};

/** `sampling, step 3/20, window 2/4, 1:05 left` */
export function progressText(progress: RenderProgress, plan: TravelPlan): string {
  const { stage, done, total, step, window, secondsLeft } = progress;
  const { sampling, context } = plan;
  const row = step === undefined ? 0 : firstCallOf(sampling, (step - 1) % samplingSteps(sampling));
  const windows = step === undefined ? 0 : context.windows[row % context.windows.length]!.length;
  // Before the first unit is done, a stage may not know yet how many there are.
  const count = done === 0 ? '' : `${done}/${total}`;
  const parts = [
    stage === 'decode' && isPart(plan) ? `decoding ${extentText(extentOf(plan))}` : ACTIVITIES[stage],
    step === undefined ? count : `step ${step}${knowsSteps(sampling) ? `/${renderSteps(sampling)}` : ''}`,
    window === undefined || windows < 2 ? '' : `window ${window}/${windows}`,
    secondsLeft === undefined ? '' : `${clock(secondsLeft)} left`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** What a result says of the clip. */
export interface RenderedClip {
  readonly extent: Extent;
  readonly seed: number;
  /** That the sampler makes. */
  readonly steps: number;
}

export const clipOf = (plan: TravelPlan): RenderedClip => ({
  extent: extentOf(plan),
  seed: plan.sampling.seed,
  steps: renderSteps(plan.sampling),
});

/** What the list of renders says of a work. */
export function describeWork(work: Work): RenderedClip & { readonly name: string } {
  if (work.kind === 'clip') return { name: work.plan.name, ...clipOf(work.plan) };
  const clips = plansOf(work).map(clipOf);
  const steps = clips.reduce((sum, clip) => sum + clip.steps, 0);
  return { name: work.sheet.name, extent: { kind: 'clips', count: clips.length }, seed: clips[0]!.seed, steps };
}

/**
 * `32 frames, seed 42, in 0:31 on CPU`, with the step after which it was stopped, or the reason of a failure; in a
 * second line, whether a GPU was not used.
 */
export function resultText({ extent, seed, steps }: RenderedClip, result: RenderResult): string {
  if (!result.ok) return result.message;
  const { timings, device, passedOver, stoppedAfter } = result;
  const values = { extent: extentText(extent), seed, time: clock(timings.total), device };
  const done =
    stoppedAfter === undefined
      ? l10n.t('{extent}, seed {seed}, in {time} on {device}', values)
      : l10n.t('{extent}, seed {seed}, in {time} on {device}, stopped after step {step} of {steps}', {
          ...values,
          step: stoppedAfter,
          steps,
        });
  if (passedOver === undefined) return done;
  const advice = l10n.t(
    'A GPU was found, but not used. `device: {0}` uses it, or reports why it cannot be used.',
    passedOver,
  );
  return `${done}\n${advice}`;
}

/** `16 frames`; for a part of a clip, their numbers in it: `frames 4–7`, `frame 7`; `4 clips` of a sheet. */
export function extentText(extent: Extent): string {
  switch (extent.kind) {
    case 'frames':
      return extent.count === 1 ? l10n.t('1 frame') : l10n.t('{0} frames', extent.count);
    case 'part': {
      const { first, last } = extent;
      return first === last ? l10n.t('frame {0}', first) : l10n.t('frames {0}–{1}', first, last);
    }
    case 'clips':
      return extent.count === 1 ? l10n.t('1 clip') : l10n.t('{0} clips', extent.count);
  }
}

/** Whether frames are sampled that are not shown, or the first one is not the clip's. */
function isPart({ frames, output: { order } }: TravelPlan): boolean {
  return frames[0]!.index > 0 || new Set(order).size < frames.length;
}

function extentOf(plan: TravelPlan): Extent {
  const { frames, output } = plan;
  if (!isPart(plan)) {
    return { kind: 'frames', count: output.interpolation === null ? frames.length : shownFrames(output) };
  }
  const numbers = output.order.map((position) => frames[position]!.index);
  return { kind: 'part', first: smallest(numbers), last: largest(numbers) };
}
