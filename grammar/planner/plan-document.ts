import { type Mix, PLAN_VERSION, type PlanFrame, type TravelPlan } from '../../plan/plan.ts';
import { samplingSteps } from '../../plan/steps.ts';
import type { Window } from '../../plan/windows.ts';
import type { CheckContext } from '../checks/check.ts';
import { checkDocument } from '../checks/run.ts';
import { notAvailable, samplerOf, sigmaScheduleOf } from '../clip/availability.ts';
import { effectiveSettings } from '../clip/effective-settings.ts';
import type { Environment } from '../clip/environment.ts';
import { memoryProblems } from '../clip/memory.ts';
import { type ClipModels, clipModels, pictureSize } from '../clip/models.ts';
import { outputBase, PLACEHOLDERS, unknownPlaceholders } from '../clip/output-path.ts';
import { type AssembledPrompts, type ClipLoras, type ClipPrompts, clipPrompts, loraSpan } from '../clip/prompts.ts';
import { timeKeyframes } from '../clip/timeline.ts';
import { type TravellingPrompts, travellingPrompts } from '../clip/travelling-prompts.ts';
import type { Problem } from '../problem.ts';
import { didYouMean } from '../settings/did-you-mean.ts';
import type { GivenSettings, Settings } from '../settings/schema.ts';
import { runToEnd, type SlicedTask } from '../sliced-task.ts';
import type { TravelDocument } from '../syntax/document.ts';
import { parseTravel } from '../syntax/parse.ts';
import type { FrameMix } from '../time/mixing.ts';
import { outputOrder } from '../time/order.ts';
import { valueOverTime } from '../time/schedule.ts';
import { contextWindows } from '../time/windows.ts';

export interface PlanOptions {
  /** Render only these frames of the clip, both included; windows are laid over them alone. */
  readonly frames?: { readonly from: number; readonly to: number } | undefined;
  /** Settings that win over the file's. */
  readonly overrides?: GivenSettings | undefined;
}

export interface Planned {
  /** null where an error stops the render. */
  readonly plan: TravelPlan | null;
  /** In the order of the file. */
  readonly problems: readonly Problem[];
}

/** Errors that leave no doubt about what to render. */
const RENDERS_ANYWAY: ReadonlySet<Problem['code']> = new Set(['travel/text-between-keyframes']);

const START = { start: 0, end: 0 };

/** A document whose problems are known. The plan of a long clip takes longer than finding them, and all of one frame. */
export interface ResolvedClip extends Pick<Planned, 'problems'> {
  /** How many are rendered, before `reverse` adds any. */
  readonly frames: number;
  /** What is encoded for a frame that has a keyframe; null where it has none, or its prompt cannot be known. */
  readonly promptsAt: (frame: number) => AssembledPrompts | null;
  /** The context windows of the first step; null where an error stops the render. */
  readonly firstWindows: () => readonly Window[] | null;
  readonly buildPlan: () => TravelPlan | null;
}

/**
 * Resolves everything that a render of a document needs, or says what is in the way. Pure but for the environment, whose
 * answers it takes as they are: the same document, environment and options give the same plan.
 */
export function planFor(document: TravelDocument, environment: Environment, options: PlanOptions = {}): Planned {
  const { problems, buildPlan } = resolveClip(document, environment, options);
  return { plan: buildPlan(), problems };
}

/** The same, for those who may not need the plan: an editor after each keystroke. */
export function resolveClip(
  document: TravelDocument,
  environment: Environment,
  options: PlanOptions = {},
): ResolvedClip {
  return runToEnd(resolveClipSliced(document, environment, options));
}

/** The same in pieces, for those who have something else to do in between. */
export function* resolveClipSliced(
  document: TravelDocument,
  environment: Environment,
  options: PlanOptions = {},
): SlicedTask<ResolvedClip> {
  const {
    settings,
    spans,
    problems: settingsProblems,
  } = effectiveSettings(document, environment, options.overrides ?? {}, parseTravel);
  const { models, problems: modelProblems } = clipModels(settings, spans, environment);
  yield;
  const context: CheckContext = {
    document,
    settings,
    spans,
    environment,
    timed: timeKeyframes(document, settings),
    nativeSize: models.nativeSize,
  };
  yield;
  const frames = clipLength(settings);
  const seed = settings.seed === -1 ? environment.randomSeed() : settings.seed;
  const clip = yield* travellingPrompts(context, seed);
  yield;
  const problems = [
    ...settingsProblems,
    ...modelProblems,
    ...notAvailable(settings, spans),
    ...outputProblems(context),
    ...frameProblems(settings, options),
    ...motionLoraProblems(models, clip.loras, document),
    ...memoryProblems(
      settings,
      spans,
      models,
      options.frames ? options.frames.to - options.frames.from + 1 : frames,
      environment,
    ),
    ...(yield* checkDocument(context)),
    ...clip.problems,
  ].sort((a, b) => a.span.start - b.span.start);
  const stopped = problems.some(({ severity, code }) => severity === 'error' && !RENDERS_ANYWAY.has(code));
  return {
    problems,
    frames,
    promptsAt: (frame) => clip.assembled[clip.keyframeAt(frame)] ?? null,
    firstWindows: () => (stopped ? null : (clipWindows(settings, frames, 1)[0] ?? [])),
    buildPlan: () => (stopped ? null : buildPlan(context, models, clip, seed, options)),
  };
}

function buildPlan(
  { document, settings, environment }: CheckContext,
  models: ClipModels,
  clip: TravellingPrompts,
  seed: number,
  options: PlanOptions,
): TravelPlan {
  const { checkpoint } = models;
  const sampler = samplerOf(settings);
  const schedule = sigmaScheduleOf(settings);
  if (!checkpoint || !sampler || !schedule) throw new Error('A plan is built only where no problem is left.');
  const [width, height] = pictureSize(settings, models.nativeSize);
  const mixes = clip.mixes();
  const range = options.frames ?? { from: 0, to: mixes.length - 1 };
  const prompts = clipPrompts(clip.assembled, clip.loras, environment);
  const frames = planFrames(prompts, mixes, settings).slice(range.from, range.to + 1);
  const whole = frames.length === mixes.length;
  // Some frames alone lead nowhere back.
  const closedLoop = whole ? settings.closed_loop : 'N';
  const { context, steps, reverse } = settings;
  // The dialect renders no clip shorter than the context, and shows what was asked for.
  const shown = whole ? Math.min(settings.frames, frames.length) : frames.length;
  return {
    version: PLAN_VERSION,
    name: environment.fileName,
    source: document.text,
    models: {
      checkpoint,
      vae: models.vae,
      motionModule: models.motionModule,
      clipSkip: settings.clip_skip,
      unload: settings.unload_models,
    },
    loras: prompts.loras,
    motionLoras: clip.loras.motionLoras,
    embeddings: prompts.embeddings,
    prompts: [...prompts.prompts],
    frames,
    mix: settings.mix,
    promptEditing: settings.dialect === 'webui' ? 'frozen' : 'by-step',
    emphasis: settings.emphasis,
    sampling: { sampler, schedule, steps, seed, rng: 'cpu' },
    width,
    height,
    context: {
      windows: clipWindows({ ...settings, closed_loop: closedLoop }, frames.length, samplingSteps({ sampler, steps })),
      fuse: settings.fuse,
    },
    output: {
      base: outputBase(settings.output, environment.outputFolder, {
        name: environment.fileName,
        seed,
        now: environment.now,
      }),
      formats: [...new Set(settings.save)],
      fps: settings.fps,
      loop: settings.loop,
      order: outputOrder({ frames: shown, context, closedLoop, reverse }),
    },
    device: settings.device,
    rolled: clip.rolled,
  };
}

/** The dialect renders no clip shorter than the context. */
function clipLength({ dialect, frames, context }: Settings): number {
  return dialect === 'webui' ? Math.max(frames, context) : frames;
}

/** The windows of the first `steps` steps. */
function clipWindows(settings: Settings, frames: number, steps: number): Window[][] {
  const { context, stride, overlap, closed_loop: closedLoop, context_schedule: schedule, dialect } = settings;
  return contextWindows({ frames, context, stride, overlap, closedLoop, schedule, steps, dialect });
}

function planFrames({ keyframes }: ClipPrompts, mixes: readonly FrameMix[], settings: Settings): PlanFrame[] {
  const time = { frames: mixes.length, fps: settings.fps };
  const cfgScale = valueOverTime(settings.cfg_scale, time);
  const motionScale = valueOverTime(settings.motion_scale, time);
  return mixes.map(({ from, to, t }, index) => {
    const [a, b] = [keyframes[from]!, keyframes[to]!];
    return {
      index,
      positive: mixOf(a.positive, b.positive, t),
      negative: mixOf(a.negative, b.negative, t),
      cfgScale: cfgScale[index]!,
      motionScale: motionScale[index]!,
      loras: a.strengths.map((strength, lora) => strength * (1 - t) + b.strengths[lora]! * t),
    };
  });
}

/** A prompt mixed with itself is itself. */
function mixOf(from: number, to: number, t: number): Mix {
  return from === to || t === 0 ? { from, to: from, t: 0 } : { from, to, t };
}

function outputProblems({ document: { text }, settings, spans }: CheckContext): Problem[] {
  const value = spans.get('output')?.value ?? START;
  return unknownPlaceholders(settings.output).map((name) => {
    const at = text.slice(value.start, value.end).indexOf(`{${name}}`);
    const span = at < 0 ? value : { start: value.start + at, end: value.start + at + name.length + 2 };
    const meant = at < 0 ? null : didYouMean(name, PLACEHOLDERS);
    return {
      code: 'travel/output-placeholder',
      severity: 'error',
      message: `“{${name}}” stands for nothing in an output path. There are {name}, {date}, {time} and {seed}.`,
      span,
      fixes: meant ? [{ title: `Change to {${meant}}`, edits: [{ span, text: `{${meant}}` }], mechanical: false }] : [],
    };
  });
}

/** Motion LoRAs were trained for v2's layers (guoyww/AnimateDiff, its page on MotionLoRA). */
function motionLoraProblems(models: ClipModels, { motionLoras }: ClipLoras, document: TravelDocument): Problem[] {
  const { motionVersion } = models;
  if (motionVersion === 'v2') return [];
  const why =
    motionVersion === null
      ? 'there is no motion module, so it does nothing'
      : `the motion module is ${motionVersion}, so it does little or harm`;
  return motionLoras.map(({ name }) => ({
    code: 'travel/motion-lora-module',
    severity: 'warning',
    message: `“${name}” is a motion LoRA, which is made for v2 motion modules; here ${why}. Use a v2 module such as mm_sd_v15_v2.`,
    span: loraSpan(document, name),
  }));
}

function frameProblems({ frames }: Settings, { frames: range }: PlanOptions): Problem[] {
  if (!range || (range.from >= 0 && range.from <= range.to && range.to < frames)) return [];
  const message = `Frames ${range.from}-${range.to} were asked for, and the clip has frames 0 to ${frames - 1}.`;
  return [{ code: 'travel/frame-range', severity: 'error', message, span: START }];
}
