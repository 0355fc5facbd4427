import type { TravelPlan } from '../../plan/plan.ts';
import type { CheckContext } from '../checks/check.ts';
import type { Problem } from '../problem.ts';
import type { SlicedTask } from '../sliced-task.ts';
import { type FrameMix, mixFrames } from '../time/mixing.ts';
import { assembleKeyframes } from './assemble-keyframes.ts';
import { compareChunkCounts } from './chunk-counts.ts';
import { Expander, findCycle } from './definitions.ts';
import { type AssembledPrompts, type ClipLoras, findLoras } from './prompts.ts';
import { placeKeyframes } from './timeline.ts';
import { webuiClip } from './webui-clip.ts';
import { clipRolls } from './wildcard-rolls.ts';

/** The prompts of a clip's keyframes and how frames mix them. */
export interface TravellingPrompts {
  /** In the order of the clip; one where the file has no keyframes. */
  readonly assembled: readonly AssembledPrompts[];
  /** Which of `assembled` each frame mixes. Made anew for every call. */
  readonly mixes: () => readonly FrameMix[];
  /** Index in `assembled` of what a frame shows where a keyframe stands; −1 where none does. */
  readonly keyframeAt: (frame: number) => number;
  readonly loras: ClipLoras;
  readonly rolled: TravelPlan['rolled'];
  readonly problems: readonly Problem[];
}

export function* travellingPrompts(context: CheckContext, seed: number): SlicedTask<TravellingPrompts> {
  const { document, settings, environment } = context;
  if (settings.dialect === 'webui') {
    const { assembled, mixes, problems } = webuiClip(document, settings);
    const loras = findLoras(assembled, document, environment);
    return {
      assembled,
      mixes: () => mixes,
      keyframeAt: (frame) => mixes[frame]?.from ?? -1,
      loras,
      rolled: [],
      problems: [...problems, ...loras.problems],
    };
  }
  const placed = placeKeyframes(context.timed, settings);
  yield;
  const definitions = new Map(Object.entries(settings.define));
  // The check of definitions reports the circle; here it would never end.
  if (findCycle(definitions)) definitions.clear();
  const rolls = clipRolls(seed, document, environment);
  const problems: Problem[] = [];
  let assembled: AssembledPrompts[] = [];
  try {
    assembled = yield* assembleKeyframes(document, placed, settings, new Expander(definitions, rolls.roll), rolls.skip);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const span = { start: 0, end: 0 };
    problems.push({ code: 'travel/prompt-too-long', severity: 'error', message: error.message, span });
  }
  yield;
  const loras = findLoras(assembled, document, environment);
  // Where assembling failed there are no prompts to compare.
  const chunkProblems =
    problems.length === 0 ? yield* compareChunkCounts(placed, assembled, settings, environment) : [];
  const closed = settings.frames > settings.context && (settings.closed_loop === 'R+P' || settings.closed_loop === 'A');
  return {
    assembled,
    mixes: () =>
      placed.length > 0
        ? mixFrames(placed, settings.frames, closed)
        : Array.from({ length: settings.frames }, () => ({ from: 0, to: 0, t: 0 })),
    keyframeAt: (frame) => placed.findIndex((keyframe) => keyframe.frame === frame),
    loras,
    rolled: rolls.rolled(),
    problems: [...problems, ...rolls.problems(), ...loras.problems, ...chunkProblems],
  };
}
