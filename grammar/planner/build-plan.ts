import { largest } from '../../plan/extremes.ts';
import { FORMATS_WITH_SOUND } from '../../plan/format-limits.ts';
import { type FrameMix, mixedNumber } from '../../plan/mixing.ts';
import { type Mix, PLAN_VERSION, type PlanFrame, type TravelPlan } from '../../plan/plan.ts';
import { firstCallOf, type StepChoice, samplingCalls } from '../../plan/steps.ts';
import type { Window } from '../../plan/windows.ts';
import type { ClipContext } from '../clip/context.ts';
import { controlTime, planControl } from '../clip/controls.ts';
import type { ResolvedModel } from '../clip/environment.ts';
import { planImages } from '../clip/images.ts';
import { planInterpolation } from '../clip/interpolation.ts';
import { imageSize } from '../clip/models.ts';
import { outputBase } from '../clip/output-path.ts';
import { denoisingOverTime, samplerParameters, stepChoice, stepNoiseOf, subseedOf } from '../clip/sampling.ts';
import type { UsedLora } from '../clip/used-loras.ts';
import type { Settings } from '../settings/schema.ts';
import { scalesFeatures } from '../settings/value-types.ts';
import { freeNoise } from '../time/free-noise.ts';
import { renderedFps } from '../time/interpolation.ts';
import { outputOrder } from '../time/order.ts';
import { valueOverTime } from '../time/schedule.ts';
import { type ContextOptions, contextWindows, overlapFrames, stepWindows } from '../time/windows.ts';
import { type NumberedPrompts, numberPrompts } from './number-prompts.ts';

/**
 * Builds the plan of a clip without errors.
 *
 * @throws {Error} if an error of the clip was ignored, so that no checkpoint is known
 */
export function buildPlan({
  document,
  settings,
  environment,
  models,
  prompts,
  seed,
  ...clip
}: ClipContext): TravelPlan {
  const { checkpoint } = models;
  if (!checkpoint) throw new Error('A plan needs a checkpoint.');
  const [width, height] = imageSize(settings, models.nativeSize);
  const choice = stepChoice(settings);
  const mixes = prompts.mixes();
  const numbered = numberPrompts(prompts.assembled, promptLoras(prompts.loras), environment, models.promptEncoder);
  const { images, masks, starts, inpaints } = planImages(clip.images, settings, {
    frames: mixes.length,
    hasMotion: models.motionModule !== null,
  });
  const time = controlTime(settings, mixes.length);
  const controlled = planControl(
    settings.controlnet,
    models.controlNets,
    clip.controls,
    clip.controlMasks,
    clip.networks,
    time,
  );
  const all = planFrames(numbered, mixes, settings, seed, { starts, inpaints }).map((frame, index) =>
    controlled ? { ...frame, controls: controlled.frames[index]! } : frame,
  );
  const range = clip.range ?? { from: 0, to: all.length - 1 };
  // Motion depends on all frames of a window, and windows overlap. Only still images can be rendered alone.
  const first = models.motionModule ? 0 : range.from;
  const frames = models.motionModule ? all : all.slice(range.from, range.to + 1);
  const isWhole = range.to - range.from + 1 === all.length;
  const { context, closed_loop: closedLoop, reverse } = settings;
  // The webui dialect renders at least one full context, and shows the frames that were asked for.
  const order = isWhole
    ? outputOrder({ frames: Math.min(settings.frames, frames.length), context, closedLoop, reverse })
    : Array.from({ length: range.to - range.from + 1 }, (_, i) => range.from - first + i);
  const shown = order.map((position) => position + first);
  return {
    version: PLAN_VERSION,
    name: environment.fileName,
    source: document.text,
    models: {
      checkpoint,
      ...(models.textEncoder && { textEncoder: models.textEncoder }),
      vae: models.vae,
      ...(models.vaeEncoder && { vaeEncoder: models.vaeEncoder }),
      ...(models.previewDecoder && { previewDecoder: models.previewDecoder }),
      motionModule: models.motionModule,
      clipSkip: settings.clip_skip,
      unload: settings.unload_models,
      ...(models.motionModule &&
        settings.motion_module_device !== 'auto' && { motionDevice: settings.motion_module_device }),
    },
    loras: numbered.loras,
    motionLoras: motionLoras(prompts.loras),
    embeddings: numbered.embeddings,
    images,
    masks,
    ...(controlled && { control: controlled.control }),
    prompts: [...numbered.prompts],
    frames,
    mix: settings.mix,
    promptEditing: settings.dialect === 'webui' ? 'frozen' : 'by-step',
    emphasis: settings.emphasis,
    sampling: planSampling(settings, choice, seed, models.motionModule !== null),
    width,
    height,
    context: planContext(settings, { sampled: frames.length, shown: settings.frames }, choice),
    output: {
      base: outputBase(settings.output, environment, {
        name: environment.fileName,
        seed,
        now: environment.now,
      }),
      written: clip.writtenOutput,
      formats: [...new Set(settings.save)],
      fps: settings.fps,
      loop: settings.loop,
      order,
      ...planSound(clip.images.video, settings, { first: range.from, frames: range.to - range.from + 1 }),
      interpolation: planInterpolation({ settings, models, prompts }, shown, isWhole),
    },
    device: settings.device,
    rolled: prompts.rolled,
  };
}

/** The sound of the video, if it is kept and a format has any. It is not played backward. */
function planSound(
  file: ClipContext['images']['video'],
  settings: Settings,
  { first, frames }: { readonly first: number; readonly frames: number },
): Pick<TravelPlan['output'], 'sound'> {
  const { audio, video, save } = settings;
  const fps = renderedFps(settings);
  const [source] = file?.files ?? [];
  if (audio === 'off' || !video || file?.kind !== 'file' || !source) return {};
  if (!save.some((format) => FORMATS_WITH_SOUND.has(format))) return {};
  const from = video.from + first / fps;
  if (video.repeat) {
    const repeat = { from: video.from, to: video.to ?? null };
    return { sound: { ...source, from, seconds: frames / fps, repeat } };
  }
  const seconds = Math.min(frames / fps, video.to === undefined ? Number.POSITIVE_INFINITY : video.to - from);
  return seconds > 0 ? { sound: { ...source, from, seconds } } : {};
}

/**
 * The context windows of all model calls, and the settings that they follow.
 *
 * @param frames how many are sampled, and how many of them are shown, which may be more than there are
 */
export function planContext(
  settings: Settings,
  { sampled, shown }: { readonly sampled: number; readonly shown: number },
  sampling: StepChoice,
): TravelPlan['context'] {
  const { context, stride, overlap, closed_loop: closedLoop, fuse } = settings;
  return {
    windows: contextWindows({ ...contextOptions(settings, sampled), steps: samplingCalls(sampling) }),
    fuse,
    settings: {
      frames: Math.min(shown, sampled),
      length: Math.min(context, sampled),
      // Without effect on a single window, except that `A` plays it backward; two frames look the same backward.
      ...(sampled > context
        ? { stride, overlap, closedLoop }
        : { stride: 1, overlap: -1, closedLoop: closedLoop === 'A' && sampled > 2 ? closedLoop : 'N' }),
    },
  };
}

/**
 * The context windows of the first model call of one step of a clip of `frames` frames: a row that its plan has.
 *
 * @param step 0-based
 */
export function clipStepWindows(settings: Settings, frames: number, step: number): Window[] {
  return stepWindows(contextOptions(settings, frames), firstCallOf(stepChoice(settings), step));
}

function contextOptions(settings: Settings, frames: number): Omit<ContextOptions, 'steps'> {
  const { context, stride, overlap, closed_loop: closedLoop, context_schedule: schedule, dialect } = settings;
  return { frames, context, stride, overlap, closedLoop, schedule, dialect };
}

/** What has no effect is left out, so that it changes neither saved progress nor a lock. */
function planSampling(
  settings: Settings,
  choice: ReturnType<typeof stepChoice>,
  seed: number,
  hasMotion: boolean,
): TravelPlan['sampling'] {
  const { subseed_strength: strength, seed_resize_from_w: width, seed_resize_from_h: height } = settings;
  return {
    ...choice,
    seed,
    rng: settings.rng,
    parameters: samplerParameters(settings),
    noise: {
      subseed: subseedOf(settings, seed),
      subseedStrength: strength,
      resizeFrom: width !== undefined && height !== undefined ? { width, height } : null,
      etaNoiseSeedDelta: stepNoiseOf(settings) === 'drawn' ? settings.eta_noise_seed_delta : 0,
    },
    cfgRescale: settings.cfg_rescale,
    ...(settings.freeu && scalesFeatures(settings.freeu) && { freeU: settings.freeu }),
    ...(settings.deep_cache && { deepCache: settings.deep_cache }),
    ...(settings.precision === 'int8' && { precision: settings.precision }),
    ...(settings.free_init && hasMotion && { freeInit: settings.free_init }),
    until: null,
  };
}

function promptLoras(loras: ReadonlyMap<string, UsedLora>): ReadonlyMap<string, ResolvedModel> {
  return new Map(
    [...loras].flatMap(([name, { model }]) => (model?.description.kind === 'lora' ? [[name, model] as const] : [])),
  );
}

function motionLoras(loras: ReadonlyMap<string, UsedLora>): TravelPlan['motionLoras'] {
  return [...loras.values()].flatMap(({ model, weights: [weight = 1] }) =>
    model?.description.kind === 'motion-lora' ? [{ name: model.name, file: model.file, weight }] : [],
  );
}

function planFrames(
  { keyframes }: NumberedPrompts,
  mixes: readonly FrameMix[],
  settings: Settings,
  seed: number,
  { starts, inpaints }: Pick<ReturnType<typeof planImages>, 'starts' | 'inpaints'>,
): PlanFrame[] {
  const { context, overlap, free_noise } = settings;
  const noise = free_noise && {
    frames: mixes.length,
    context,
    overlap: overlapFrames(context, overlap),
    kind: free_noise.noise,
    seed,
  };
  const noiseOf = noise ? freeNoise(noise) : [];
  const time = { frames: mixes.length, fps: settings.fps };
  const cfgScale = valueOverTime(settings.cfg_scale, time);
  const motionScale = valueOverTime(settings.motion_scale, time);
  const denoising = starts.length > 0 ? denoisingOverTime(settings) : null;
  const strongest = denoising && largest(denoising);
  return mixes.map(({ from, to, t }, index) => {
    const [a, b] = [keyframes[from]!, keyframes[to]!];
    return {
      index,
      positive: mixOf(a.positive, b.positive, t),
      negative: mixOf(a.negative, b.negative, t),
      cfgScale: cfgScale[index]!,
      motionScale: motionScale[index]!,
      ...(noiseOf[index] !== undefined && noiseOf[index] !== index && { noiseOf: noiseOf[index] }),
      ...(starts[index] && { start: starts[index] }),
      ...(inpaints[index] && { inpaint: inpaints[index] }),
      ...(denoising && denoising[index] !== strongest && { denoising: denoising[index]! }),
      loras: a.strengths.map((strength, lora) => mixedNumber(strength, b.strengths[lora]!, t)),
    };
  });
}

/** A prompt mixed with itself is itself. */
function mixOf(from: number, to: number, t: number): Mix {
  return from === to || t === 0 ? { from, to: from, t: 0 } : { from, to, t };
}
