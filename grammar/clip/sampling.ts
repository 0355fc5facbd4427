import type { SigmaSchedule } from '../../plan/plan.ts';
import { SAMPLERS, type Sampler, samplingSteps } from '../../plan/steps.ts';
import type { Settings } from '../settings/schema.ts';

/** The engine's sampler; null if it is not available yet. */
export function samplerOf({ sampler }: Pick<Settings, 'sampler'>): Sampler | null {
  if (sampler === 'DPM++ 2M Karras') return 'DPM++ 2M';
  return SAMPLERS.find((known) => known === sampler) ?? null;
}

/**
 * The engine's schedule; null if it is not available yet. A1111's `automatic` is Karras for DPM++ 2M and uniform for
 * other samplers (`modules/sd_samplers_kdiffusion.py`).
 */
export function sigmaScheduleOf({ sampler, schedule }: Pick<Settings, 'sampler' | 'schedule'>): SigmaSchedule | null {
  if (schedule === 'automatic') return samplerOf({ sampler }) === 'DPM++ 2M' ? 'karras' : 'uniform';
  return schedule === 'uniform' || schedule === 'karras' ? schedule : null;
}

/** The steps that a render makes; as many as the file sets if its sampler is not available yet. At least 1. */
export function clipSteps({ sampler, steps }: Pick<Settings, 'sampler' | 'steps'>): number {
  const known = samplerOf({ sampler });
  return Math.max(1, known ? samplingSteps({ sampler: known, steps }) : steps);
}
