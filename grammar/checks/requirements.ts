import { FORMATS_WITH_LOOP_COUNT, FORMATS_WITH_SOUND, FORMATS_WITH_TIME } from '../../plan/format-limits.ts';
import { isDepth } from '../../plan/network-annotators.ts';
import { samplerFacts } from '../../plan/samplers.ts';
import { knowsSteps } from '../../plan/steps.ts';
import { scheduleSteps } from '../../prompt/step-schedule.ts';
import type { ClipContext } from '../clip/context.ts';
import { ownInputs, preprocessorOf } from '../clip/controls.ts';
import { startsFromVideo } from '../clip/images.ts';
import { hasParameter, samplerOf, stepNoiseOf } from '../clip/sampling.ts';
import type { Requirement } from '../settings/about.ts';
import { defaultOf } from '../settings/inspect.ts';
import { Settings } from '../settings/schema.ts';
import { scalesFeatures } from '../settings/value-types.ts';
import { interpolatedLength } from '../time/interpolation.ts';
import { webuiPromptsClosed } from '../webui/travel.ts';

/** Whether the negative prompt is used in any frame: at a scale of 1, it is only for a composition. */
function isGuided({ settings: { cfg_scale }, prompts: { assembled } }: ClipContext): boolean {
  const scales = typeof cfg_scale === 'number' ? [cfg_scale] : Object.values(cfg_scale);
  return scales.some((scale) => scale !== 1) || assembled.some(({ positive }) => /\bAND\b/.test(positive));
}

/** Whether a unit is guided by the shared video. */
const isVideoShared = ({ settings }: ClipContext) => settings.controlnet.some((unit) => ownInputs(unit).length === 0);

/** Whether a position of a keyframe or in a setting is written in seconds. */
export function usesSeconds({ document, settings }: ClipContext): boolean {
  const isTime = (position: string) => position.includes('s');
  return (
    document.keyframes.some(({ position, hold }) => isTime(position.text) || isTime(hold?.text ?? '')) ||
    [settings.cfg_scale, settings.motion_scale, settings.denoising_strength ?? {}].some(
      (value) => typeof value !== 'number' && Object.keys(value).some(isTime),
    )
  );
}

/** Whether a keyframe without a transition of its own comes after frames that mix two prompts. */
function usesDefaultTransition({ prompts: { placed }, settings: { frames, context, closed_loop } }: ClipContext) {
  return placed.some(({ keyframe, frame }, i) => {
    if (keyframe.transition !== null) return false;
    const before = placed[i - 1];
    return before ? frame - before.holdEnd > 1 : webuiPromptsClosed(frames, context, closed_loop);
  });
}

/** Whether a prompt changes from step to step, as `[a:b:0.5]` does. */
function hasPromptEditing({ settings: { steps }, prompts: { assembled } }: ClipContext): boolean {
  return assembled.some(({ positive, negative }) =>
    [positive, negative].some((text) => scheduleSteps(text, { steps }).length > 1),
  );
}

const hasMotion = ({ settings: { motion_module } }: ClipContext) => motion_module !== 'none';
const hasSeveralPrompts = ({ prompts: { assembled, failure } }: ClipContext) =>
  assembled.length > 1 || failure !== null;

const DEFAULT_CONTEXT = Number(defaultOf(Settings.shape.context));

/** Decides for every requirement of a setting if a clip meets it. */
export const REQUIREMENTS: Readonly<
  Record<
    Requirement,
    {
      readonly isMet: (clip: ClipContext) => boolean;
      /** Completes "… has no effect". */
      readonly reason: string;
      /** A sentence, such as “Each frame is rendered on its own.” */
      readonly because?: string;
      /** What else can be done than to remove the setting, such as “Choose a motion module”. */
      readonly instead?: string;
    }
  >
> = {
  'travel-dialect': {
    isMet: ({ settings: { dialect } }) => dialect === 'travel',
    reason: 'with `dialect: webui`',
  },
  'init-image': {
    isMet: ({ settings: { init_image } }) => init_image !== undefined,
    reason: 'without `init_image`',
    instead: 'Set `init_image`',
  },
  'start-image': {
    isMet: ({ settings: { init_image, video } }) => init_image !== undefined || video !== undefined,
    reason: 'without `init_image` or `video`',
    instead: 'Set one of them',
  },
  'video-start': {
    isMet: ({ settings }) => settings.init_image !== undefined || startsFromVideo(settings),
    reason: 'because frames do not start from the video',
    instead: 'With `controlnet`, set `denoising_strength` to start from it, too',
  },
  'video-or-init-image': {
    isMet: (clip) => clip.settings.init_image === undefined || isVideoShared(clip),
    reason: 'with `init_image`',
    because: 'Frames start from `init_image`, and no ControlNet unit uses the video.',
    instead: 'Remove `init_image`',
  },
  'video-user': {
    isMet: (clip) => startsFromVideo(clip.settings) || isVideoShared(clip),
    reason: 'because every ControlNet unit has its own input',
    instead: 'Set `denoising_strength` to start from the video',
  },
  controlnet: {
    isMet: ({ settings }) => settings.controlnet.some(({ mask }) => mask === undefined),
    reason: 'because no ControlNet unit uses it',
    instead: 'Add a unit without a `mask` of its own',
  },
  'depth-preprocessor': {
    isMet: ({ settings }) =>
      settings.controlnet.some(
        ({ preprocessor, normalise }) => normalise === 'clip' && isDepth(preprocessorOf(preprocessor)),
      ),
    reason: 'without a preprocessor that makes depth maps',
    instead: 'Choose a depth preprocessor',
  },
  'video-with-sound': {
    isMet: ({ settings: { video } }) => video?.source !== undefined,
    reason: 'without `video › source`',
    because: 'Folders of images have no sound.',
    instead: 'Set a video',
  },
  'format-with-sound': {
    isMet: ({ settings: { save } }) => save.some((format) => FORMATS_WITH_SOUND.has(format)),
    reason: 'without `mp4`, `webm`, `prores` or `ffv1` in `save`',
    because: 'Other formats have no sound.',
    instead: 'Add one of them',
  },
  'single-init-image': {
    isMet: ({ images: { init } }) => init?.kind !== 'folder',
    reason: 'with a folder as `init_image`',
    because: 'Each frame starts from its own image.',
    instead: 'Set one image',
  },
  'last-frame': {
    isMet: ({ settings: { last_frame } }) => last_frame !== undefined,
    reason: 'without `last_frame`',
    instead: 'Set `last_frame`',
  },
  'interpolation-method': {
    isMet: ({ settings: { interpolate } }) => interpolate !== undefined && interpolate.method !== 'off',
    reason: 'without an interpolation `method`',
    instead: 'Set `method`',
  },
  gaps: {
    isMet: ({ settings }) => (settings.interpolate?.method ?? 'off') === 'off' || interpolatedLength(settings) !== null,
    reason: 'because it adds no frame',
    because: 'The clip has no gap with room for a new frame.',
  },
  'scene-cuts': {
    isMet: ({ settings: { dialect } }) => dialect === 'travel',
    reason: 'with `dialect: webui`',
    because: 'It interpolates across cuts.',
  },
  'motion-module': {
    isMet: hasMotion,
    reason: 'without a motion module',
    because: 'Each frame is rendered on its own.',
    instead: 'Choose a motion module',
  },
  gpu: {
    isMet: ({ settings: { device } }) => device !== 'cpu',
    reason: 'with `device: cpu`',
    because: 'The CPU runs all models.',
  },
  'several-windows': {
    isMet: ({ settings: { frames, context } }) => frames > context,
    reason: 'in a single context window',
    because: 'The whole clip fits in one context.',
    instead: 'Set `frames` above `context`',
  },
  'other-windows': {
    // sd-webui-animatediff renders at least one full context.
    isMet: ({ settings: { frames, context, dialect } }) =>
      dialect === 'webui' || frames > Math.min(context, DEFAULT_CONTEXT),
    reason: 'in a single context window',
    because: `The whole clip also fits in the default context of ${DEFAULT_CONTEXT}.`,
  },
  'windows-or-loop': {
    isMet: (clip) =>
      hasMotion(clip) || clip.settings.dialect === 'webui' || ['A', 'R+P'].includes(clip.settings.closed_loop),
    reason: 'without a motion module',
    because: 'Each frame is rendered on its own.',
    instead: 'Choose a motion module',
  },
  'clip-longer-than-context': {
    isMet: ({ settings: { frames, context, closed_loop } }) => frames > context || (closed_loop === 'A' && frames > 2),
    reason: 'in a single context window',
    because: 'The whole clip fits in one context.',
    instead: 'Use `A`, which plays it forward and backward',
  },
  'looped-windows-or-prompts': {
    isMet: (clip) =>
      hasMotion(clip) ||
      (clip.settings.closed_loop !== 'R-P' && hasSeveralPrompts(clip)) ||
      (clip.settings.closed_loop === 'A' && clip.settings.frames <= clip.settings.context),
    reason: 'without a motion module',
    because: 'Each frame is rendered on its own, and no prompt travels back.',
    instead: 'Choose a motion module',
  },
  'format-with-loop-count': {
    isMet: ({ settings: { save } }) => save.some((format) => FORMATS_WITH_LOOP_COUNT.includes(format)),
    reason: 'without `gif`, `webp` or `apng` in `save`',
    because: 'Other formats have no loop count.',
    instead: 'Add one of them',
  },
  time: {
    isMet: (clip) => clip.settings.save.some((format) => FORMATS_WITH_TIME.includes(format)) || usesSeconds(clip),
    reason: 'without a video in `save`',
    because: 'Images have no frame rate, and no position is in seconds.',
    instead: 'Add a video format',
  },
  guidance: {
    isMet: isGuided,
    reason: 'with `cfg_scale: 1`',
    because: 'At this scale, the negative prompt is not used.',
    instead: 'Raise `cfg_scale`',
  },
  'several-prompts': {
    isMet: hasSeveralPrompts,
    reason: 'with a single prompt',
    because: 'Nothing travels.',
    instead: 'Add keyframes',
  },
  'mixed-prompts': {
    isMet: ({ prompts }) => prompts.mixes().some(({ t }) => t > 0 && t < 1),
    reason: 'because no frame mixes two prompts',
    because: 'There are no frames between two keyframes, or they are cut.',
  },
  'default-transition': {
    isMet: usesDefaultTransition,
    reason: 'because no keyframe uses it',
    because: 'Every keyframe has its own, or no frames before it.',
  },
  'reversed-frames': {
    isMet: ({ settings: { reverse } }) => reverse.includes('add'),
    reason: 'without `add`',
    because: '`remove_head` and `remove_tail` only shorten what `add` appends.',
    instead: 'Add it',
  },
  'sigma-sampler': {
    isMet: ({ settings }) => samplerFacts(samplerOf(settings)).schedule !== null,
    reason: 'with this sampler',
    because: 'As in A1111, it has its own spacing.',
    instead: 'Choose another sampler',
  },
  'counted-steps': {
    // From images, they decide where DPM adaptive begins, and prompt editing counts them.
    isMet: (clip) =>
      knowsSteps({ sampler: samplerOf(clip.settings) }) ||
      clip.settings.init_image !== undefined ||
      hasPromptEditing(clip),
    reason: 'with this sampler',
    because: 'DPM adaptive decides its steps itself.',
    instead: 'Choose another sampler',
  },
  'eta-sampler': {
    isMet: ({ settings }) => hasParameter(settings, 'eta'),
    reason: 'with this sampler',
    because: 'It adds no noise of its own.',
    instead: 'Choose an ancestral or SDE sampler or DDIM',
  },
  'churn-sampler': {
    isMet: ({ settings }) => hasParameter(settings, 's_churn'),
    reason: 'with this sampler',
    because: 'Only Euler, Heun, and DPM2 use it.',
    instead: 'Choose one of them',
  },
  churn: {
    isMet: ({ settings }) => settings.s_churn > 0,
    reason: 'without `s_churn`',
    because: 'It limits where `s_churn` acts.',
    instead: 'Set `s_churn`',
  },
  's-noise-sampler': {
    isMet: ({ settings }) => hasParameter(settings, 's_noise') && stepNoiseOf(settings) !== 'none',
    reason: 'because the sampler adds no noise that it scales',
    instead: 'Choose a DPM++ SDE sampler, or set `s_churn` with Euler, Heun, or DPM2',
  },
  'drawn-noise': {
    isMet: ({ settings }) => stepNoiseOf(settings) === 'drawn',
    reason: 'because the sampler draws no noise by seed after its start',
    instead: 'Choose an ancestral sampler',
  },
  'subseed-strength': {
    isMet: ({ settings }) => settings.subseed_strength > 0,
    reason: 'without `subseed_strength`',
    instead: 'Set `subseed_strength` above 0',
  },
  'reused-noise': {
    isMet: ({ settings: { free_noise } }) => free_noise?.noise !== 'random',
    reason: 'with `noise: random`',
    because: 'Each frame has its own noise, as without this setting.',
    instead: 'Choose another `noise`',
  },
  'scaled-features': {
    isMet: ({ settings: { freeu } }) => freeu !== undefined && scalesFeatures(freeu),
    reason: 'with factors of 1',
    because: 'Features stay as they are.',
    instead: 'Set other factors',
  },
  'seed-resize': {
    isMet: ({ settings: { seed_resize_from_w: width, seed_resize_from_h: height } }) =>
      width !== undefined && height !== undefined,
    reason: 'without both `seed_resize_from_w` and `seed_resize_from_h`',
    instead: 'Set the other one, too',
  },
};
