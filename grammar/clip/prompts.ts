import type { LockedChoices } from '../../plan/lock.ts';
import { type FrameMix, mixFrames } from '../../plan/mixing.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import type { SettingSpan } from '../settings/read.ts';
import type { Settings } from '../settings/schema.ts';
import type { SlicedTask } from '../sliced-task.ts';
import type { TravelDocument } from '../syntax/document.ts';
import { webuiPromptsClosed } from '../webui/travel.ts';
import { type AssembledPrompts, assembleKeyframes } from './assemble-keyframes.ts';
import { chunkCounts } from './chunk-counts.ts';
import { Expander, findCycle } from './definitions.ts';
import type { Environment } from './environment.ts';
import { type PlacedKeyframe, placeKeyframes, type TimedKeyframe } from './timeline.ts';
import { type UsedLora, usedLoras } from './used-loras.ts';
import { webuiClip } from './webui-clip.ts';
import { type ClipRollIssue, clipRolls } from './wildcard-rolls.ts';

/** The prompts of a clip's keyframes and how its frames mix them. */
export interface ClipPrompts {
  /** By frame; a single one if the file has no keyframes. Empty after a failure. */
  readonly assembled: readonly AssembledPrompts[];
  /** Which of `assembled` each frame mixes. Computed anew by every call. */
  readonly mixes: () => readonly FrameMix[];
  /** Whether the last keyframe is mixed with the first across the end of the clip. */
  readonly closed: boolean;
  /** The frame of each of `assembled`; empty without keyframes. */
  readonly keyFrames: readonly number[];
  /** Index in `assembled` of what a frame with a keyframe shows; −1 for other frames. */
  readonly keyframeAt: (frame: number) => number;
  /** The keyframes of `assembled`; empty in the webui dialect. */
  readonly placed: readonly PlacedKeyframe[];
  /** 75-token chunks of each of `placed`; null if unknown. */
  readonly chunkCounts: readonly number[] | null;
  readonly loras: ReadonlyMap<string, UsedLora>;
  readonly rolled: TravelPlan['rolled'];
  /** Why there are no prompts; null if there are. */
  readonly failure: PromptFailure | null;
  /** What is wrong with wildcards, their files, and choices. */
  readonly rollIssues: readonly ClipRollIssue[];
}

export type PromptFailure =
  | { readonly kind: 'too-long' }
  /** sd-webui-animatediff would stop with this message. */
  | { readonly kind: 'webui-refuses'; readonly message: string };

interface PromptSources {
  readonly document: TravelDocument;
  readonly environment: Environment;
  readonly settings: Settings;
  readonly timed: readonly TimedKeyframe[];
  readonly seed: number;
  /** What wildcards and choices give, in place of a roll. */
  readonly fixed: LockedChoices['rolled'];
  /** Where the file sets its settings. */
  readonly spans: ReadonlyMap<string, SettingSpan>;
  /** The extended files that set settings. */
  readonly inherited: ReadonlyMap<string, string>;
}

export function* clipPrompts(sources: PromptSources): SlicedTask<ClipPrompts> {
  const { document, settings, environment, timed, seed } = sources;
  // In the same cases as in sd-webui-animatediff.
  const closed = webuiPromptsClosed(settings.frames, settings.context, settings.closed_loop);
  if (settings.dialect === 'webui') {
    const { assembled, keyFrames, mixes, refusal } = webuiClip(document, settings);
    const loras = usedLoras(assembled, environment);
    return {
      assembled,
      mixes: () => mixes,
      closed,
      keyFrames,
      keyframeAt: (frame) => mixes[frame]?.from ?? -1,
      placed: [],
      chunkCounts: null,
      loras,
      rolled: [],
      failure: refusal === null ? null : { kind: 'webui-refuses', message: refusal },
      rollIssues: [],
    };
  }
  const placed = placeKeyframes(timed, settings);
  yield;
  const definitions = new Map(Object.entries(settings.define));
  // A cycle is an error; expanding it would never end.
  if (findCycle(definitions)) definitions.clear();
  const rolls = clipRolls(seed, sources);
  let assembled: AssembledPrompts[] | null = null;
  try {
    assembled = yield* assembleKeyframes(document, placed, settings, new Expander(definitions, rolls.roll));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  yield;
  const loras = usedLoras(assembled ?? [], environment);
  return {
    assembled: assembled ?? [],
    mixes: () => mixPrompts(placed, settings.frames, closed),
    closed,
    keyFrames: placed.map(({ frame }) => frame),
    keyframeAt: (frame) => placed.findIndex((keyframe) => keyframe.frame === frame),
    placed,
    chunkCounts: assembled && placed.length > 0 ? yield* chunkCounts(assembled, settings, environment) : null,
    loras,
    rolled: rolls.rolled(),
    failure: assembled ? null : { kind: 'too-long' },
    rollIssues: rolls.issues(),
  };
}

function mixPrompts(placed: readonly PlacedKeyframe[], frames: number, closed: boolean): FrameMix[] {
  if (placed.length === 0) return Array.from({ length: frames }, () => ({ from: 0, to: 0, t: 0 }));
  return mixFrames(placed, frames, closed);
}
