import type { SigmaSchedule } from '../../plan/plan.ts';
import { SAMPLERS, type Sampler } from '../../plan/steps.ts';
import type { Problem, TextSpan } from '../problem.ts';
import type { SettingSpan } from '../settings/read.ts';
import type { SettingKey, Settings } from '../settings/schema.ts';

/** Settings that are part of the language and not of the engine yet, and when they ask for something. */
const LATER: readonly {
  readonly key: SettingKey;
  readonly asked: (settings: Settings) => boolean;
  readonly what: string;
}[] = [
  {
    key: 'controlnet',
    asked: ({ controlnet }) => controlnet !== undefined && controlnet.length > 0,
    what: 'ControlNet',
  },
  { key: 'video', asked: ({ video }) => video !== undefined, what: 'A video as input' },
  { key: 'mask', asked: ({ mask }) => mask !== undefined, what: 'A mask' },
  { key: 'init_image', asked: (settings) => settings.init_image !== undefined, what: 'Starting from a picture' },
  { key: 'last_frame', asked: (settings) => settings.last_frame !== undefined, what: 'Ending on a picture' },
  {
    key: 'interpolate',
    asked: ({ interpolate }) => (interpolate?.method ?? 'off') !== 'off',
    what: 'Frame interpolation',
  },
  { key: 'free_init', asked: (settings) => settings.free_init !== undefined, what: 'FreeInit' },
  { key: 'free_noise', asked: (settings) => settings.free_noise !== undefined, what: 'FreeNoise' },
  { key: 'rng', asked: ({ rng }) => rng !== 'cpu', what: 'The noise of a GPU' },
];

/** What the settings ask for and the engine cannot do yet; each an error, because leaving it out would be silent. */
export function notAvailable(settings: Settings, spans: ReadonlyMap<string, SettingSpan>): Problem[] {
  const problems = LATER.filter(({ asked }) => asked(settings)).map(({ key, what }) =>
    later(`${what} is not available yet. Remove \`${key}\` to render without it.`, spans.get(key)?.key),
  );
  if (samplerOf(settings) === null) {
    const names = SAMPLERS.join(', ');
    problems.push(
      later(
        `The sampler “${settings.sampler}” is not available yet. Choose one of ${names}.`,
        spans.get('sampler')?.value,
      ),
    );
  }
  if (settings.sampler === 'DDIM' && settings.steps < 2) {
    problems.push({
      ...later(
        'DDIM takes one step less than `steps`, as in A1111, so it needs at least 2.',
        spans.get('steps')?.value,
      ),
      code: 'travel/setting-range',
    });
  }
  if (sigmaScheduleOf(settings) === null) {
    const message = `The schedule “${settings.schedule}” is not available yet. Choose automatic, uniform or karras.`;
    problems.push(later(message, spans.get('schedule')?.value));
  }
  return problems;
}

export function later(message: string, span: TextSpan = { start: 0, end: 0 }): Problem {
  return { code: 'travel/not-available-yet', severity: 'error', message, span };
}

export function samplerOf({ sampler }: Pick<Settings, 'sampler'>): Sampler | null {
  if (sampler === 'DPM++ 2M Karras') return 'DPM++ 2M';
  return SAMPLERS.find((known) => known === sampler) ?? null;
}

/** A1111's `automatic` is Karras' spacing for DPM++ 2M and the uniform one for the others (`modules/sd_samplers_kdiffusion.py`). */
export function sigmaScheduleOf({ sampler, schedule }: Settings): SigmaSchedule | null {
  if (schedule === 'automatic') return samplerOf({ sampler }) === 'DPM++ 2M' ? 'karras' : 'uniform';
  return schedule === 'uniform' || schedule === 'karras' ? schedule : null;
}
