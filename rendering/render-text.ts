import type { TravelPlan } from '../plan/plan.ts';
import { samplingSteps } from '../plan/steps.ts';
import { clock } from '../plan/units.ts';
import { plansOf, type Work } from '../plan/work.ts';
import type { RenderProgress, RenderResult, RenderStage } from '../protocol/engine.ts';

const ACTIVITIES: Readonly<Record<RenderStage, string>> = {
  load: 'loading models',
  encode: 'encoding prompts',
  sample: 'sampling',
  decode: 'decoding frames',
  write: 'writing files',
};

/** `sampling, step 3/20, window 2/4, 1:05 left` */
export function progressText(progress: RenderProgress, plan: TravelPlan): string {
  const { stage, done, total, step, window, secondsLeft } = progress;
  const windows = step === undefined ? 0 : (plan.context.windows[step - 1]?.length ?? 0);
  // Before the first unit is done, a stage may not know yet how many there are.
  const count = done === 0 ? '' : `${done}/${total}`;
  const parts = [
    stage === 'decode' && isPart(plan) ? `decoding ${shownFrames(plan)}` : ACTIVITIES[stage],
    step === undefined ? count : `step ${step}/${samplingSteps(plan.sampling)}`,
    window === undefined || windows < 2 ? '' : `window ${window}/${windows}`,
    secondsLeft === undefined ? '' : `${clock(secondsLeft)} left`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** What a result says of the clip. */
export interface RenderedClip {
  /** `16 frames`; for a part of a clip, their numbers in it: `frames 4–7`, `frame 7`. */
  readonly frames: string;
  readonly seed: number;
  /** That the sampler makes. */
  readonly steps: number;
}

export const clipOf = (plan: TravelPlan): RenderedClip => ({
  frames: shownFrames(plan),
  seed: plan.sampling.seed,
  steps: samplingSteps(plan.sampling),
});

/** What the list of renders says of a work. */
export function describeWork(work: Work): RenderedClip & { readonly name: string } {
  if (work.kind === 'clip') return { name: work.plan.name, ...clipOf(work.plan) };
  const clips = plansOf(work).map(clipOf);
  const steps = clips.reduce((sum, clip) => sum + clip.steps, 0);
  const frames = clips.length === 1 ? '1 clip' : `${clips.length} clips`;
  return { name: work.sheet.name, frames, seed: clips[0]!.seed, steps };
}

/**
 * `32 frames, seed 42, in 0:31 on CPU`, with the step after which it was stopped, or the reason of a failure; in a
 * second line, whether a GPU was not used.
 */
export function resultText({ frames, seed, steps }: RenderedClip, result: RenderResult): string {
  if (!result.ok) return result.message;
  const { timings, device, passedOver, stoppedAfter } = result;
  const part = stoppedAfter === undefined ? '' : `, stopped after step ${stoppedAfter} of ${steps}`;
  const done = `${frames}, seed ${seed}, in ${clock(timings.total)} on ${device}${part}`;
  if (passedOver === undefined) return done;
  return `${done}\nA GPU was found, but not used. \`device: ${passedOver}\` uses it, or reports why it cannot be used.`;
}

/** Whether frames are sampled that are not shown, or the first one is not the clip's. */
function isPart({ frames, output: { order } }: TravelPlan): boolean {
  return frames[0]!.index > 0 || new Set(order).size < frames.length;
}

function shownFrames(plan: TravelPlan): string {
  const { frames, output } = plan;
  if (!isPart(plan)) return frames.length === 1 ? '1 frame' : `${frames.length} frames`;
  const numbers = output.order.map((position) => frames[position]!.index);
  const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
  return first === last ? `frame ${first}` : `frames ${first}–${last}`;
}
