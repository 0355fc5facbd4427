import { DEFORUM_SAMPLERS } from '../../plan/other-samplers.ts';
import type { SettingValue } from '../clip.ts';
import type { Fields } from '../fields.ts';
import { type Json, shown } from '../json.ts';
import { type Note, note } from '../notes.ts';
import { a1111SamplerSettings } from '../samplers.ts';
import { modelName } from '../text.ts';
import { firstNumber, firstText } from './deforum-schedule.ts';

/** The settings of a sampler by Deforum’s name for it, or a note. @param label its schedule; undefined if there is none */
export const deforumSampler = (name: string, label: string | undefined, notes: Note[]): Record<string, string> =>
  a1111SamplerSettings(DEFORUM_SAMPLERS.get(name) ?? name, label, false, notes);

/**
 * What schedules that are switched on set. Here, none of these can change over time.
 *
 * Source: sd-webui-deforum `args.py`, `render.py`, `animation_key_frames.py`.
 */
export function scheduled(fields: Fields, frames: number, notes: Note[]): Record<string, SettingValue | undefined> {
  const isOn = (name: string) => isSwitchedOn(fields.take(`enable_${name}_scheduling`));
  const number = (key: string) => firstNumber(fields, key, frames, notes);
  const text = (key: string) => firstText(fields, key, frames, notes);
  const checkpoint = isOn('checkpoint') ? text('checkpoint_schedule') : undefined;
  const sampler = isOn('sampler') ? text('sampler_schedule') : undefined;
  const label = isOn('scheduler') ? text('scheduler_schedule') : fields.text('scheduler');
  const [ddim, ancestral] = [isOn('ddim_eta'), isOn('ancestral_eta')];
  const isDdim = (sampler ?? fields.text('sampler') ?? '').toUpperCase() === 'DDIM';
  const etas = [...(ddim ? ['ddim_eta_schedule'] : []), ...(ancestral ? ['ancestral_eta_schedule'] : [])];
  const eta = etas.find((key) => key.startsWith('ddim') === isDdim);
  return {
    steps: isOn('steps') ? number('steps_schedule') : undefined,
    clip_skip: isOn('clipskip') ? number('clipskip_schedule') : undefined,
    checkpoint: checkpoint && modelName(checkpoint),
    ...(sampler === undefined ? {} : deforumSampler(sampler, label, notes)),
    ...(isOn('subseed') && {
      subseed: number('subseed_schedule'),
      subseed_strength: number('subseed_strength_schedule'),
    }),
    ...(eta !== undefined && { eta: number(eta) }),
  };
}

/** What makes no frames here: fields that switch it on, and those that belong to it. */
const UNAVAILABLE: readonly (readonly [what: string, switches: readonly string[], values: readonly string[]])[] = [
  ['A soundtrack', ['add_soundtrack'], ['soundtrack_path']],
  [
    'The looper with its images',
    ['use_looper'],
    ['init_images', 'image_strength_schedule', 'blendFactorMax', 'blendFactorSlope', 'tweening_frames_schedule'],
  ],
  ['Hybrid video', ['hybrid_composite', 'hybrid_motion'], ['video_init_path', 'hybrid_comp_alpha_schedule']],
  ['A mask', ['use_mask', 'use_mask_video', 'use_noise_mask'], ['mask_file', 'video_mask_path', 'noise_mask_schedule']],
  ['A schedule of Parseq', ['parseq_manifest'], []],
  ['Face restoration', ['restore_faces'], []],
  ['Tiling', ['tiling'], []],
  ['Upscaling', ['r_upscale_video'], ['r_upscale_factor', 'r_upscale_model']],
];

/** Notes of what is switched on and has no equivalent. */
export function unavailable(fields: Fields): Note[] {
  const isScheduled = fields.text('seed_behavior') === 'schedule';
  const seeds = isScheduled ? [lostNote('A schedule of seeds', fields, ['seed_behavior', 'seed_schedule'])] : [];
  return UNAVAILABLE.flatMap(([what, switches, values]) => {
    const on = switches.filter((key) => isSwitchedOn(fields.take(key)));
    return on.length === 0 ? [] : [lostNote(what, fields, [...on, ...values])];
  }).concat(seeds);
}

function lostNote(what: string, fields: Fields, keys: readonly string[]): Note {
  const values = keys.flatMap((key) => {
    const value = fields.take(key);
    return value === undefined || value === null || value === '' ? [] : [`${key}: ${shown(value)}`];
  });
  return note('other-fields', `${what} is not carried over. It was: ${values.join(', ')}`);
}

/** Some switches are lists with `None`. */
const isSwitchedOn = (value: Json | undefined): boolean =>
  value === true || (typeof value === 'string' && !/^(?:none|false|)$/i.test(value.trim()));
