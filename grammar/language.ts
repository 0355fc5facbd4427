import type { ClipInputs } from '../plan/clip-inputs.ts';
import type { TravelPlan } from '../plan/plan.ts';
import type { Window } from '../plan/windows.ts';
import { CODES_ABOUT_MODELS } from './checks/about-computer.ts';
import type { FixesTogether } from './checks/fixes-together.ts';
import { textBetweenKeyframes } from './checks/keyframes/text-between-keyframes.ts';
import { checkClip } from './checks/run.ts';
import { soundFixes } from './checks/sound-fixes.ts';
import type { AssembledPrompts } from './clip/assemble-keyframes.ts';
import { clipInputs } from './clip/clip-inputs.ts';
import { type ClipContext, type ClipOptions, clipContext } from './clip/context.ts';
import type { Environment } from './clip/environment.ts';
import { clipSteps } from './clip/sampling.ts';
import { buildPlan, clipStepWindows } from './planner/build-plan.ts';
import { draftPlan, framePlan, type NotedPlan } from './planner/tries.ts';
import type { Problem } from './problem.ts';
import { runToEnd, type SlicedTask } from './sliced-task.ts';
import type { TravelDocument } from './syntax/document.ts';
import { parseTravel } from './syntax/parse.ts';

export { parseTravel };

export interface Planned {
  /** null if an error stops the render. */
  readonly plan: TravelPlan | null;
  /** In the order of the file. */
  readonly problems: readonly Problem[];
}

export interface CheckedTravel extends Planned {
  readonly document: TravelDocument;
}

/**
 * A checked document. Its plan and prompts are computed on demand: the plan of a long clip takes longer than its
 * checks.
 */
export interface ResolvedClip extends Pick<Planned, 'problems'> {
  /** Length of the clip, before `reverse` adds any frames. */
  readonly frames: number;
  /** The prompts of a frame that has a keyframe; null for other frames, or if the prompts cannot be assembled. */
  readonly promptsAt: (frame: number) => AssembledPrompts | null;
  /** What it was resolved to: settings, times, prompts. */
  readonly context: ClipContext;
  /** The context windows of a step, 0-based; null if an error stops the render, or if there are no so many steps. */
  readonly windows: (step: number) => readonly Window[] | null;
  /** null if an error stops the render; so are the last two. */
  readonly buildPlan: () => TravelPlan | null;
  /** What guides the clip, also if it has errors; null if nothing does. */
  readonly buildInputs: () => ClipInputs | null;
  /** A render that costs little. */
  readonly buildDraft: () => NotedPlan | null;
  /** The first frame of the clip's range, as a file in a folder. @param folder absolute */
  readonly buildFrame: (folder: string) => NotedPlan | null;
  /**
   * Fixes that are sound when applied at once: of every problem of a kind, or the mechanical ones of all kinds (null).
   */
  readonly fixesTogether: (code: Problem['code'] | null) => FixesTogether;
}

/** Whether a problem keeps its document from being rendered. */
export function stopsRender({ severity, code }: Pick<Problem, 'severity' | 'code'>): boolean {
  return severity === 'error' && !RENDERS_ANYWAY.has(code);
}

/** Whether a problem keeps the hints of a document from being made. */
export const stopsHints = (problem: Pick<Problem, 'severity' | 'code'>): boolean =>
  stopsRender(problem) && !CODES_ABOUT_MODELS.has(problem.code);

/** Errors after which the intended render is still certain. */
const RENDERS_ANYWAY: ReadonlySet<Problem['code']> = new Set([textBetweenKeyframes.code]);

/** Parses, checks and plans a file. Never throws: whatever is wrong is in `problems`. */
export function checkTravel(text: string, environment: Environment, options: ClipOptions = {}): CheckedTravel {
  const document = parseTravel(text);
  return { document, ...planFor(document, environment, options) };
}

/** Checks and plans a document. The same document, environment and options give the same plan. */
export function planFor(document: TravelDocument, environment: Environment, options: ClipOptions = {}): Planned {
  const { problems, buildPlan } = resolveClip(document, environment, options);
  return { plan: buildPlan(), problems };
}

/** Checks a document. */
export function resolveClip(
  document: TravelDocument,
  environment: Environment,
  options: ClipOptions = {},
): ResolvedClip {
  return runToEnd(resolveClipSliced(document, environment, options));
}

/** Checks a document in slices, so that an editor stays responsive. */
export function* resolveClipSliced(
  document: TravelDocument,
  environment: Environment,
  options: ClipOptions = {},
): SlicedTask<ResolvedClip> {
  const clip = yield* clipContext(document, environment, options);
  yield;
  const found = (yield* checkClip(clip)).sort((a, b) => a.span.start - b.span.start);
  const { problems, together } = soundFixes(found, clip, options);
  const stopped = problems.some(stopsRender);
  const { prompts, settings, frames } = clip;
  return {
    problems,
    frames,
    promptsAt: (frame) => prompts.assembled[prompts.keyframeAt(frame)] ?? null,
    context: clip,
    windows: (step) => (stopped || step >= clipSteps(settings) ? null : clipStepWindows(settings, frames, step)),
    buildPlan: () => (stopped ? null : buildPlan(clip)),
    buildInputs: () => clipInputs(clip, problems.filter(stopsHints)),
    buildDraft: () => (stopped ? null : draftPlan(buildPlan(clip), clip)),
    buildFrame: (folder) => (stopped ? null : framePlan(buildPlan(clip), clip, folder)),
    fixesTogether: together,
  };
}
