import { COMFY_SAMPLERS } from '../../plan/other-samplers.ts';
import { automaticSchedule } from '../samplers.ts';
import {
  A1111_BEFORE_1_9,
  A1111_SCHEDULE_LABELS,
  CLI_SCHEDULERS,
  COMFY_SCHEDULERS,
  nameOf,
  pairName,
} from '../tables.ts';
import type { ClipView } from '../view.ts';

/** A1111's label of a schedule, such as `Karras`. */
export const scheduleLabel = (schedule: string): string => nameOf(A1111_SCHEDULE_LABELS, schedule) ?? 'Automatic';

/** The name of a sampler with its schedule, as before A1111 1.9; null if there was none. */
export const oldSamplerName = ({ sampler, schedule }: ClipView): string | null =>
  pairName(A1111_BEFORE_1_9, [sampler, schedule]);

/** animatediff-cli's scheduler; null if it has none. */
export const cliScheduler = ({ sampler, schedule }: ClipView): string | null =>
  pairName(CLI_SCHEDULERS, [sampler, schedule]);

/** ComfyUI's sampler and scheduler; null if it lacks one. */
export function comfySampler(view: ClipView): readonly [sampler: string, scheduler: string] | null {
  const { schedule } = view;
  if (view.sampler === 'DDIM' && schedule === automaticSchedule(view.sampler)) return ['ddim', 'ddim_uniform'];
  const sampler = nameOf(COMFY_SAMPLERS, view.sampler);
  const scheduler = nameOf(COMFY_SCHEDULERS, schedule);
  return sampler === undefined || scheduler === undefined ? null : [sampler, scheduler];
}

/** What a target without a sampler reports. */
export const samplerText = ({ sampler, schedule }: ClipView): string =>
  `The sampler ${sampler} with the schedule ${schedule} (sampler, schedule) is not available there.`;
