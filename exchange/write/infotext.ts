import { losses } from '../lost.ts';
import type { ExportTarget } from '../target.ts';
import { bareName } from '../text.ts';
import { type ClipView, numberOf } from '../view.ts';
import { a1111Text } from './a1111-prompt.ts';
import { scheduleLabel } from './names.ts';
import { animateDiffArgs, webuiCarries, webuiLosses } from './webui-api.ts';

/** A1111's generation parameters, as *Send to txt2img* of its PNG Info tab reads them. */
export const infotext: ExportTarget = {
  name: 'infotext',
  carries: webuiCarries,
  // The extension mixes along an arc, and does not write what it saves.
  besides: ['mix', 'save'],
  write: (view) => {
    const text = infotextOf(view);
    return {
      text: `${text}\n`,
      parts: { text },
      hint: null,
      lost: [...webuiLosses(view), ...losses(view, ['controlnet', 'video'])],
    };
  },
};

/** Source: A1111 `modules/processing.py`, `create_infotext`. */
function infotextOf(view: ClipView): string {
  const { settings } = view;
  const fields: readonly (readonly [string, unknown])[] = [
    ['Steps', settings.steps],
    ['Sampler', view.sampler],
    ['Schedule type', scheduleLabel(settings.schedule)],
    ['CFG scale', numberOf(settings.cfg_scale, settings).first],
    ['Seed', settings.seed],
    ['Size', `${settings.width ?? 512}x${settings.height ?? 512}`],
    ['Model', settings.checkpoint === 'pocket' ? undefined : bareName(settings.checkpoint)],
    ['VAE', settings.vae === undefined ? undefined : bareName(settings.vae)],
    ['Clip skip', settings.clip_skip],
    ['Denoising strength', settings.init_image && numberOf(settings.denoising_strength, settings).first],
    ['Variation seed', settings.subseed_strength || settings.subseed !== -1 ? settings.subseed : undefined],
    ['Variation seed strength', settings.subseed_strength || undefined],
    ['Seed resize from', resizedFrom(settings)],
    [etaName(view.sampler), settings.eta],
    ['Sigma churn', settings.s_churn || undefined],
    ['Sigma tmin', settings.s_tmin || undefined],
    ['Sigma tmax', settings.s_tmax || undefined],
    ['Sigma noise', settings.s_noise === 1 ? undefined : settings.s_noise],
    ['ENSD', settings.eta_noise_seed_delta || undefined],
    ['Emphasis', settings.emphasis === 'Original' ? undefined : settings.emphasis],
    ['RNG', settings.rng.toUpperCase()],
    ['AnimateDiff', animateDiffField(view)],
  ];
  const parameters = fields.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${quoted(String(value))}`],
  );
  return [
    a1111Text(view),
    ...(view.negative === '' ? [] : [`Negative prompt: ${view.negative}`]),
    parameters.join(', '),
  ].join('\n');
}

/** DDIM has an eta of its own. Source: A1111 `modules/sd_samplers_timesteps.py`. */
const etaName = (sampler: ClipView['sampler']) => (sampler.startsWith('DDIM') ? 'Eta DDIM' : 'Eta');

function resizedFrom({ seed_resize_from_w: width, seed_resize_from_h: height }: ClipView['settings']) {
  return width === undefined && height === undefined ? undefined : `${width ?? 0}x${height ?? 0}`;
}

/** The extension splits it at `, ` and `: `. */
function animateDiffField(view: ClipView): string {
  const names = [
    'model',
    'video_length',
    'fps',
    'loop_number',
    'closed_loop',
    'batch_size',
    'stride',
    'overlap',
    'interp',
    'interp_x',
    'latent_power',
    'latent_scale',
    'latent_power_last',
    'latent_scale_last',
  ];
  const args = { interp: 'Off', interp_x: 10, ...animateDiffArgs(view) } as Readonly<Record<string, unknown>>;
  return names.flatMap((name) => (args[name] === undefined ? [] : [`${name}: ${args[name]}`])).join(', ');
}

const quoted = (value: string) => (/[,:\n]/.test(value) ? JSON.stringify(value) : value);
