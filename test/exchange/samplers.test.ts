import { describe, expect, it } from 'vitest';
import { a1111Sampler } from '../../exchange/samplers.ts';
import { SAMPLERS } from '../../plan/samplers.ts';
import { exported } from './exports.ts';

const objectOf = (lines: readonly string[], target: 'cli' | 'deforum' | 'webui-api' | 'comfy-api') =>
  exported(['---', ...lines, '---', 'a fox', ''].join('\n'), target).parts.object as Record<string, unknown>;

const comfyPair = (lines: readonly string[]) => {
  const nodes = Object.values(objectOf(lines, 'comfy-api')) as { class_type: string; inputs: unknown }[];
  return nodes.find(({ class_type }) => class_type === 'KSampler')?.inputs;
};

describe('samplers of other tools', () => {
  it.each(SAMPLERS)('include %s by its name in A1111', (name) => {
    expect(a1111Sampler(name, undefined, false)?.[0]).toBe(name);
    expect(a1111Sampler(name, 'Automatic', true)).toEqual([name, 'automatic']);
  });

  it('get the schedule in the name of an old one', () => {
    const lines = ['sampler: DPM++ 2M Karras'];
    expect(objectOf(lines, 'cli')).toMatchObject({ scheduler: 'k_dpmpp_2m' });
    expect(objectOf(lines, 'deforum')).toMatchObject({ sampler: 'DPM++ 2M Karras' });
    expect(objectOf(lines, 'webui-api')).toMatchObject({ sampler_name: 'DPM++ 2M', scheduler: 'Automatic' });
    expect(comfyPair(lines)).toMatchObject({ sampler_name: 'dpmpp_2m', scheduler: 'karras' });
  });

  it('get the spacing of a sampler that ignores the schedule', () => {
    expect(comfyPair(['sampler: DDIM', 'schedule: karras'])).toMatchObject({
      sampler_name: 'ddim',
      scheduler: 'ddim_uniform',
    });
  });
});

describe('a number that changes over time', () => {
  it('has the same values in Deforum as here', () => {
    const lines = ['frames: 16', 'cfg_scale: {-1: 3, 8: 5, 50%: 9, 0: 6, 2-5: 7}'];
    expect(objectOf(lines, 'deforum')).toMatchObject({
      cfg_scale_schedule: '0: (6), 2: (7), 5: (7), 8: (9), 15: (3)',
    });
    expect(objectOf(lines, 'cli')).toMatchObject({ guidance_scale: 6 });
  });
});
