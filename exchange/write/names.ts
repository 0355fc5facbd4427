import { automaticSchedule } from '../samplers.ts';
import {
  A1111_BEFORE_1_9,
  A1111_SCHEDULE_LABELS,
  CLI_SCHEDULERS,
  COMFY_SAMPLERS,
  COMFY_SCHEDULERS,
} from '../tables.ts';
import type { ClipView } from '../view.ts';

/** A1111's label of a schedule, such as `Karras`. */
export function scheduleLabel(schedule: string): string {
  return [...A1111_SCHEDULE_LABELS].find(([, name]) => name === schedule)?.[0] ?? 'Automatic';
}

/** The name of a sampler with its schedule, as before A1111 1.9; null if there was none. */
export function oldSamplerName({ settings, schedule }: ClipView): string | null {
  const sampler = settings.sampler.replace(/ Karras$/, '');
  return [...A1111_BEFORE_1_9].find(([, pair]) => pair[0] === sampler && pair[1] === schedule)?.[0] ?? null;
}

/** animatediff-cli's scheduler; null if it has none. */
export function cliScheduler({ settings, schedule }: ClipView): string | null {
  const sampler = settings.sampler.replace(/ Karras$/, '');
  return [...CLI_SCHEDULERS].find(([, pair]) => pair[0] === sampler && pair[1] === schedule)?.[0] ?? null;
}

/** ComfyUI's sampler and scheduler; null if it lacks one. */
export function comfySampler({ settings, schedule }: ClipView): readonly [sampler: string, scheduler: string] | null {
  const own = settings.sampler.replace(/ Karras$/, '');
  const sampler = [...COMFY_SAMPLERS].find(([, name]) => name === own)?.[0];
  if (own === 'DDIM' && schedule === automaticSchedule(own)) return ['ddim', 'ddim_uniform'];
  const scheduler = [...COMFY_SCHEDULERS].find(([, name]) => name === schedule)?.[0];
  return sampler === undefined || scheduler === undefined ? null : [sampler, scheduler];
}
