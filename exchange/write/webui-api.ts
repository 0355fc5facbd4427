import { denoisingStrength } from '../../grammar/clip/images.ts';
import type { SettingKey, Settings } from '../../grammar/settings/schema.ts';
import { interpolatedLength } from '../../grammar/time/interpolation.ts';
import { closedFrames } from '../../grammar/time/order.ts';
import { ANNOTATOR_ALIASES } from '../../plan/annotators.ts';
import { interpXFor } from '../../plan/interpolation.ts';
import { NETWORK_ALIASES } from '../../plan/network-annotators.ts';
import { type Lost, losses, lost, moduleFile, moduleLosses } from '../lost.ts';
import { CONTROL_MODES, nameOf, RESIZE_MODES } from '../tables.ts';
import { type ExportTarget, jsonFile } from '../target.ts';
import { bareName } from '../text.ts';
import { type ClipView, loopOf, numberOf } from '../view.ts';
import { DEFAULT_MODULE, WEBUI_FORMATS } from '../webui-fields.ts';
import { a1111Text, promptLosses } from './a1111-prompt.ts';
import { scheduleLabel } from './names.ts';

/** A request to A1111's API, `/sdapi/v1/txt2img`, with sd-webui-animatediff and sd-webui-controlnet. */
export const webuiApi: ExportTarget = {
  name: 'webui-api',
  carries: (view) => [...webuiCarries(view), 'save', 'controlnet', 'video', 'mask', 'free_init'],
  // The extension mixes along an arc.
  besides: ['mix'],
  mixes: true,
  write: (view) => {
    const object = requestOf(view);
    return {
      text: jsonFile(object),
      parts: { object },
      hint: null,
      lost: [
        ...webuiLosses(view),
        ...moduleLosses(view, `the extension’s default, ${DEFAULT_MODULE}, is used`),
        ...saveLosses(view),
        ...imageLosses(view),
      ],
    };
  },
};

/** What both a request and generation parameters hold. */
export function webuiCarries({ settings }: ClipView): readonly SettingKey[] {
  const { init_image: image, last_frame: last } = settings;
  return [
    'dialect',
    'frames',
    'fps',
    'loop',
    'closed_loop',
    'context',
    'stride',
    'overlap',
    ...(settings.fuse === 'overwrite' ? (['fuse'] as const) : []),
    'width',
    'height',
    'seed',
    'rng',
    'subseed',
    'subseed_strength',
    'seed_resize_from_w',
    'seed_resize_from_h',
    'eta_noise_seed_delta',
    'steps',
    'sampler',
    'schedule',
    'cfg_scale',
    'eta',
    's_churn',
    's_tmin',
    's_tmax',
    's_noise',
    'emphasis',
    'clip_skip',
    'checkpoint',
    'vae',
    'motion_module',
    'interpolate',
    ...(image === undefined ? [] : (['denoising_strength', 'latent_power', 'latent_scale'] as const)),
    ...(last === undefined ? [] : (['latent_power_last', 'latent_scale_last'] as const)),
  ];
}

/** What neither a request nor generation parameters can hold. */
export function webuiLosses(view: ClipView): Lost[] {
  const { interpolate, init_image: image } = view.settings;
  return [
    ...promptLosses(view),
    ...losses(view, [
      'cfg-travel',
      'motion-scale',
      'reverse',
      'context-schedule',
      'fuse',
      'init-image',
      'inpaint-mask',
      'last-frame',
      ...(image === undefined ? [] : (['strength-travel'] as const)),
      ...(interpolate?.method === 'film' ? [] : (['interpolation'] as const)),
    ]),
  ];
}

function saveLosses({ settings: { save } }: ClipView): Lost[] {
  const unsaved = save.filter((format) => !WEBUI_FORMATS.has(format));
  return unsaved.length > 0
    ? [lost('save-format', `The save formats ${unsaved.join(', ')} (save) are not available there.`)]
    : [];
}

function requestOf(view: ClipView): Record<string, unknown> {
  const { settings } = view;
  const units = settings.controlnet.map((unit) => unitOf(unit, settings));
  const given = Object.entries({
    width: settings.width,
    height: settings.height,
    subseed: settings.subseed,
    subseed_strength: settings.subseed_strength,
    seed_resize_from_w: settings.seed_resize_from_w,
    seed_resize_from_h: settings.seed_resize_from_h,
    eta: settings.eta,
    s_churn: settings.s_churn,
    s_tmin: settings.s_tmin,
    s_tmax: settings.s_tmax,
    s_noise: settings.s_noise,
    ...(settings.init_image !== undefined && {
      denoising_strength: numberOf(denoisingStrength(settings), settings).first,
    }),
  }).filter(([, value]) => value !== undefined);
  return {
    prompt: a1111Text(view),
    negative_prompt: view.negative,
    seed: settings.seed,
    steps: settings.steps,
    cfg_scale: numberOf(settings.cfg_scale, settings).first,
    sampler_name: view.sampler,
    scheduler: scheduleLabel(settings.schedule),
    ...Object.fromEntries(given),
    override_settings: overrides(view),
    alwayson_scripts: {
      AnimateDiff: { args: [animateDiffArgs(view)] },
      ...(units.length > 0 && { ControlNet: { args: units } }),
    },
  };
}

function overrides({ settings }: ClipView): Record<string, unknown> {
  const { eta_noise_seed_delta: delta } = settings;
  return {
    ...(settings.checkpoint !== 'pocket' && { sd_model_checkpoint: settings.checkpoint }),
    ...(settings.vae !== undefined && { sd_vae: settings.vae }),
    ...(settings.clip_skip !== 1 && { CLIP_stop_at_last_layers: settings.clip_skip }),
    randn_source: settings.rng.toUpperCase(),
    ...(Boolean(delta) && { eta_noise_seed_delta: delta }),
    ...(settings.emphasis !== 'Original' && { emphasis: settings.emphasis }),
  };
}

/** Fields of `AnimateDiffProcess`. */
export function animateDiffArgs({ settings }: ClipView): Record<string, unknown> {
  const { interpolate, video, free_init: freeInit } = settings;
  const shown = closedFrames(loopOf(settings));
  const length = interpolate?.method === 'film' ? interpolatedLength(settings) : null;
  const interpX = length && interpXFor(length.count, shown);
  const formats = settings.save.filter((format) => WEBUI_FORMATS.has(format)).map((format) => format.toUpperCase());
  return {
    enable: true,
    ...(moduleFile(settings) !== undefined && { model: moduleFile(settings) }),
    video_length: settings.frames,
    fps: settings.fps,
    loop_number: settings.loop,
    closed_loop: settings.closed_loop,
    batch_size: settings.context,
    stride: settings.stride,
    overlap: settings.overlap,
    format: formats.length > 0 ? formats : ['GIF'],
    ...(interpX !== null && { interp: 'FILM', interp_x: interpX }),
    ...(video?.source !== undefined && { video_source: video.source }),
    ...(video?.path !== undefined && { video_path: video.path }),
    ...(settings.mask !== undefined && { mask_path: settings.mask }),
    ...(freeInit && {
      freeinit_enable: true,
      freeinit_filter: freeInit.filter,
      freeinit_ds: freeInit.d_s,
      freeinit_dt: freeInit.d_t,
      freeinit_iters: freeInit.iterations,
    }),
    ...(settings.init_image !== undefined && {
      latent_power: settings.latent_power,
      latent_scale: settings.latent_scale,
    }),
    ...(settings.last_frame !== undefined && {
      latent_power_last: settings.latent_power_last,
      latent_scale_last: settings.latent_scale_last,
    }),
  };
}

/** sd-webui-controlnet's preprocessors of kinds that have a short name here. */
const OWN_NAMES: Readonly<Record<string, string>> = { ...ANNOTATOR_ALIASES, ...NETWORK_ALIASES };

function unitOf(unit: Settings['controlnet'][number], settings: Settings): Record<string, unknown> {
  return {
    enabled: true,
    module: OWN_NAMES[unit.preprocessor] ?? unit.preprocessor,
    // Without its extension, as it lists them.
    model: bareName(unit.model),
    weight: numberOf(unit.weight, settings).first,
    guidance_start: unit.start,
    guidance_end: unit.end,
    control_mode: nameOf(CONTROL_MODES, unit.mode),
    resize_mode: nameOf(RESIZE_MODES, unit.resize),
    ...(unit.batch !== undefined && { batch_images: unit.batch }),
  };
}

function imageLosses({ settings: { controlnet, video } }: ClipView) {
  const inputs = controlnet.flatMap(({ image, video, mask }) => [
    ...(typeof image === 'object' ? Object.values(image) : [image ?? video ?? []].flat()),
    ...(mask === undefined ? [] : [mask]),
  ]);
  const travelling = controlnet.filter(({ weight }) => typeof weight !== 'number').map(({ model }) => model);
  const wholeClip = controlnet.filter(({ normalise }) => normalise === 'clip').map(({ model }) => model);
  const skipping = controlnet.filter(({ empty }) => empty !== 'use').map(({ model }) => model);
  const cut = [
    ...((video?.from ?? 0) > 0 ? ['from'] : []),
    ...(video?.to === undefined ? [] : ['to']),
    ...(video?.repeat === true ? ['repeat'] : []),
  ];
  return [
    ...(inputs.length > 0
      ? [
          lost(
            'controlnet',
            `The inputs of ControlNet units (controlnet) are files here and data there: ${inputs.map(String).join(', ')}. Add them to the request.`,
          ),
        ]
      : []),
    ...(travelling.length > 0
      ? [
          lost(
            'controlnet',
            `The weight of a ControlNet unit (controlnet) cannot change over time there: it keeps its first value. Units: ${travelling.join(', ')}`,
          ),
        ]
      : []),
    ...(wholeClip.length > 0
      ? [
          lost(
            'controlnet',
            `Preprocessors of ControlNet units (controlnet) look at each image alone there: \`normalise: clip\` has no counterpart. Units: ${wholeClip.join(', ')}`,
          ),
        ]
      : []),
    ...(skipping.length > 0
      ? [
          lost(
            'controlnet',
            `Images in which a ControlNet unit (controlnet) finds nothing are used as they are there: \`empty: hold\` and \`empty: off\` have no counterpart. Units: ${skipping.join(', ')}`,
          ),
        ]
      : []),
    ...(cut.length > 0
      ? [
          lost(
            'video',
            `The video input (video) is used from its first frame to its last there: ${cut.map((key) => `\`${key}\``).join(', ')} of it cannot be given. Cut the video before.`,
          ),
        ]
      : []),
  ];
}
