import type { ExportTarget } from '../target.ts';
import { bareName } from '../text.ts';
import { type ClipView, numberOf } from '../view.ts';
import { a1111Text } from './a1111-prompt.ts';
import { scheduleLabel } from './names.ts';
import { animateDiffArgs, webuiApi } from './webui-api.ts';

/** A1111's generation parameters, as *Send to txt2img* of its PNG Info tab reads them. */
export const infotext: ExportTarget = {
  name: 'infotext',
  title: 'A1111’s generation parameters',
  write: (view) => {
    const text = infotextOf(view);
    return { text: `${text}\n`, parts: { text }, hint: null, lost: webuiApi.write(view).lost };
  },
};

/** Source: A1111 `modules/processing.py`, `create_infotext`. */
function infotextOf(view: ClipView): string {
  const { settings } = view;
  const fields: readonly (readonly [string, unknown])[] = [
    ['Steps', settings.steps],
    ['Sampler', settings.sampler],
    ['Schedule type', scheduleLabel(settings.schedule)],
    ['CFG scale', numberOf(settings.cfg_scale, settings).first],
    ['Seed', settings.seed],
    ['Size', `${settings.width ?? 512}x${settings.height ?? 512}`],
    ['Model', settings.checkpoint === 'pocket' ? undefined : bareName(settings.checkpoint)],
    ['VAE', settings.vae === undefined ? undefined : bareName(settings.vae)],
    ['Clip skip', settings.clip_skip],
    ['Variation seed', settings.subseed_strength ? settings.subseed : undefined],
    ['Variation seed strength', settings.subseed_strength || undefined],
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
  ];
  const args = { interp: 'Off', interp_x: 10, ...animateDiffArgs(view) } as Readonly<Record<string, unknown>>;
  return names.flatMap((name) => (args[name] === undefined ? [] : [`${name}: ${args[name]}`])).join(', ');
}

const quoted = (value: string) => (/[,:\n]/.test(value) ? JSON.stringify(value) : value);
