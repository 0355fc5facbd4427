import { expect, it } from 'vitest';
import { z } from 'zod';
import { alphasCumprod, MOTION_BETAS } from '../../../engine/schedulers/betas.ts';
import { SCHEDULES } from '../../../engine/schedulers/schedules.ts';
import { SigmaTable } from '../../../engine/schedulers/sigmas.ts';
import { SigmaSchedule } from '../../../plan/samplers.ts';
import reference from './schedules.json' with { type: 'json' };

const { sigmas } = z
  .object({ sigmas: z.record(SigmaSchedule, z.record(z.string(), z.array(z.number()))) })
  .parse(reference);

it.each(SigmaSchedule.options)('%s has the sigmas of A1111', (schedule) => {
  const known = new SigmaTable(alphasCumprod(MOTION_BETAS));
  const cases = Object.entries(sigmas[schedule]);
  expect(cases).toHaveLength(4);
  for (const [steps, expected] of cases) {
    const actual = SCHEDULES[schedule](Number(steps), known);
    expect(actual).toHaveLength(expected.length);
    // float32: a timestep of 20 near the end is 10⁻⁴ off.
    actual.forEach((sigma, i) => {
      expect(Math.abs(sigma - expected[i]!)).toBeLessThan(1e-5 + 3e-5 * expected[i]!);
    });
  }
});
