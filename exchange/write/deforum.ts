import { assemblePrompt } from '../../grammar/clip/assemble.ts';
import { interpXFor } from '../../plan/interpolation.ts';
import { losses, lost } from '../lost.ts';
import { withoutNegMarker } from '../neg-marker.ts';
import { type ExportTarget, jsonFile } from '../target.ts';
import { type ClipView, numberOf } from '../view.ts';
import { oldSamplerName, samplerText } from './names.ts';

/** Settings of Deforum, in 2D mode without camera motion: prompts, numbers and size. */
export const deforum: ExportTarget = {
  name: 'deforum',
  carries: ({ settings }) => [
    ...(hasFilm(settings) ? (['interpolate'] as const) : []),
    'frames',
    'fps',
    'width',
    'height',
    'seed',
    'steps',
    'sampler',
    'schedule',
    'cfg_scale',
    'clip_skip',
    'checkpoint',
  ],
  besides: ['save'],
  mixes: false,
  write: (view) => {
    const object = settingsOf(view);
    return {
      text: jsonFile(object),
      parts: { object },
      hint: null,
      lost: [
        ...losses(view, [
          'travel',
          'motion',
          'motion-scale',
          'noise',
          'controlnet',
          'video',
          'init-image',
          'inpaint-mask',
          'last-frame',
          'reverse',
          'reversed-frames',
          'loop-count',
          ...(hasFilm(view.settings) ? [] : (['interpolation'] as const)),
          'wildcards',
          'hash-sign',
        ]),
        ...(oldSamplerName(view) === null ? [lost('sampler', samplerText(view))] : []),
      ],
    };
  },
};

function settingsOf(view: ClipView): Record<string, unknown> {
  const { settings } = view;
  return {
    animation_mode: '2D',
    W: settings.width ?? 512,
    H: settings.height ?? 512,
    seed: settings.seed,
    sampler: oldSamplerName(view) ?? view.sampler,
    steps: settings.steps,
    max_frames: settings.frames,
    fps: settings.fps,
    ...interpolation(settings),
    cfg_scale_schedule: schedule(settings.cfg_scale, settings),
    ...(settings.clip_skip !== 1 && {
      enable_clipskip_scheduling: true,
      clipskip_schedule: `0: (${settings.clip_skip})`,
    }),
    ...(settings.checkpoint !== 'pocket' && { sd_model_name: settings.checkpoint }),
    zoom: '0: (1.0)',
    translation_z: '0: (0)',
    prompts: prompts(view),
    animation_prompts_positive: view.keys.length === 0 ? '' : withoutNegMarker(view.head),
    animation_prompts_negative: withoutNegMarker(view.negative),
  };
}

const hasFilm = ({ interpolate, frames }: ClipView['settings']): boolean =>
  interpolate?.method === 'film' && frames > 1;

/**
 * Frame interpolation by FILM. Deforum multiplies the frame rate, too, unless it is told to slow down as much.
 *
 * Source: sd-webui-deforum `frame_interpolation.py`.
 */
function interpolation(settings: ClipView['settings']): Record<string, unknown> {
  const x = hasFilm(settings) ? interpXFor(settings.interpolate!.x, settings.frames) : null;
  if (x === null) return {};
  const rate = settings.fps / x;
  return {
    frame_interpolation_engine: 'FILM',
    frame_interpolation_x_amount: x,
    ...(Number.isInteger(rate)
      ? { fps: rate, frame_interpolation_slow_mo_enabled: false }
      : { frame_interpolation_slow_mo_enabled: true, frame_interpolation_slow_mo_amount: x }),
  };
}

const schedule = (value: ClipView['settings']['cfg_scale'], settings: ClipView['settings']) =>
  numberOf(value, settings)
    .points.map(([frame, number]) => `${frame}: (${number})`)
    .join(', ');

/** Each prompt holds until the next, with the shared text behind it: there is only a place for the text before. */
function prompts({ keys, head, tail }: ClipView): Record<string, string> {
  if (keys.length === 0) return { '0': withoutNegMarker(head) };
  return Object.fromEntries(
    keys.map(({ frame, prompt, negative }) => {
      const text = withoutNegMarker(assemblePrompt('', prompt, tail));
      return [`${frame}`, negative === '' ? text : `${text} --neg ${withoutNegMarker(negative)}`];
    }),
  );
}
