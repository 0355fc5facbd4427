import { clipSteps } from '../../grammar/clip/sampling.ts';
import type { Settings } from '../../grammar/settings/schema.ts';
import { stepsOfUnit } from './timeline-lanes.ts';

/** The steps in which a ControlNet unit acts: `steps 1–12 of 20`, `all 20 steps`, `no step`. */
export function unitStepsText(settings: Settings, index: number): string {
  const all = clipSteps(settings);
  const steps = stepsOfUnit(settings, settings.controlnet[index]!);
  if (steps === null) return 'no step';
  const { first, last } = steps;
  if (first === 1 && last === all) return all === 1 ? 'the only step' : `all ${all} steps`;
  return first === last ? `step ${first} of ${all}` : `steps ${first}–${last} of ${all}`;
}
