import { describe, expect, it } from 'vitest';
import { A1111_BEFORE_1_9, A1111_SCHEDULE_LABELS } from '../../exchange/tables.ts';
import {
  A1111_API_ALIASES,
  COMFY_SAMPLERS,
  DEFORUM_SAMPLERS,
  DIFFUSERS_SCHEDULERS,
  otherSampler,
} from '../../plan/other-samplers.ts';
import { SAMPLERS, samplerFacts } from '../../plan/samplers.ts';

const pair = (name: string) => {
  const found = otherSampler(name);
  return found && [found.sampler, found.schedule];
};

describe('otherSampler', () => {
  it.each<[string, readonly [string, string | null] | null]>([
    ['DPM++ 2M SDE Karras', ['DPM++ 2M SDE', 'karras']],
    ['dpm++ 2m sde karras', ['DPM++ 2M SDE', 'karras']],
    ['DPM++ 3M SDE Exponential', ['DPM++ 3M SDE', 'exponential']],
    ['DPM2 a Karras', ['DPM2 a', 'karras']],
    ['Euler SGM Uniform', ['Euler', 'sgm_uniform']],
    ['Euler a Align Your Steps', ['Euler a', 'align_your_steps']],
    ['Euler a Automatic', ['Euler a', null]],
    // It ignores the schedule.
    ['DDIM Karras', ['DDIM', null]],
    ['dpmpp_2m', ['DPM++ 2M', null]],
    ['dpmpp_2m_karras', ['DPM++ 2M', 'karras']],
    ['dpmpp_sde_gpu', ['DPM++ SDE', null]],
    ['euler_ancestral', ['Euler a', null]],
    ['k_dpm_2_a_ka', ['DPM2 a', 'karras']],
    ['klms', ['LMS', null]],
    ['EulerDiscreteScheduler', ['Euler', null]],
    ['eulerancestraldiscretescheduler', ['Euler a', null]],
    ['DPMSolverMultistepScheduler', ['DPM++ 2M', null]],
    ['PNDMScheduler', ['PLMS', null]],
    ['DDIMScheduler', ['DDIM', null]],
    ['LCMScheduler', ['LCM', null]],
    ['UniPCMultistepScheduler', ['UniPC', null]],
    // A1111 has neither, and its DPM++ 2S a and DPM++ SDE are only similar to diffusers' solver of single steps.
    ['DEISMultistepScheduler', null],
    ['DPMSolverSinglestepScheduler', null],
    ['FlowMatchEulerDiscreteScheduler', null],
    ['Scheduler', null],
    ['heunpp2', null],
    ['Karras', null],
    [' karras', null],
    ['DPM++ 4M Karras', null],
    ['DPM++ 2M Karras Karras', null],
    ['', null],
    ['constructor', null],
  ])('%s', (name, expected) => {
    expect(pair(name)).toEqual(expected);
  });

  it('knows every name that imports know', () => {
    for (const [name, [sampler]] of A1111_BEFORE_1_9) {
      const { schedule } = samplerFacts(SAMPLERS.find((own) => own === sampler)!);
      const written = name === sampler || schedule === null ? null : name.slice(sampler.length + 1).toLowerCase();
      expect([name, pair(name)]).toEqual([name, [sampler, written]]);
    }
    for (const [name, sampler] of [...COMFY_SAMPLERS, ...DEFORUM_SAMPLERS, ...DIFFUSERS_SCHEDULERS]) {
      expect([name, otherSampler(name)?.sampler ?? null]).toEqual([name, sampler]);
    }
    for (const name of A1111_API_ALIASES.keys()) expect([name, otherSampler(name)]).not.toEqual([name, null]);
    for (const [label, schedule] of A1111_SCHEDULE_LABELS) {
      // A1111's infotext of 1.9.0 had it without the space.
      if (label === 'SGMUniform') continue;
      const expected = schedule === 'automatic' ? null : schedule;
      expect([label, pair(`Euler ${label}`)?.[1] ?? null]).toEqual([label, expected]);
    }
  });
});
