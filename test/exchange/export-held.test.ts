import { describe, expect, it } from 'vitest';
import { importTravel } from '../../exchange/import.ts';
import type { TargetName } from '../../exchange/target.ts';
import { Settings } from '../../grammar/settings/schema.ts';
import { exported, FORMATS } from './exports.ts';
import { meaningOf } from './meaning.ts';

/** What is left of settings after export and import, and what the export says of them. */
function kept(settings: string, target: TargetName) {
  const { text, lost, hint } = exported(`---\n${settings}\n---\n0: a\n8: b\n`, target);
  const { travel } = importTravel([{ text }], { format: FORMATS[target] });
  return { settings: meaningOf(travel).settings, said: [hint, ...lost.map(({ message }) => message)].join('\n') };
}

describe('settings that AnimateDiff-Evolved has', () => {
  it.each([
    ['motion_scale: 1.3'],
    ['motion_scale: {0: 0.5, 12: 1.2}'],
    ['free_init: {}'],
    ['free_init: {filter: gaussian, d_s: 0.3, d_t: 0.2, iterations: 4}'],
    ['free_noise: {}'],
    ['free_noise: {noise: repeat_context}'],
    ['free_init: {iterations: 2}\nfree_noise: {noise: repeat_context}\nmotion_scale: 0.8'],
  ])('are in the workflow, and not in a note: %s', (settings) => {
    // FreeNoise acts in clips of several windows only.
    const text = `motion_module: mm.ckpt\ncheckpoint: a.safetensors\nframes: 40\n${settings}`;
    const result = kept(text, 'comfy-api');
    const before = meaningOf(`---\n${text}\n---\na\n`).settings;
    for (const key of ['motion_scale', 'free_init', 'free_noise'] as const) {
      const meant = (value: unknown) => Settings.shape[key].parse(value);
      expect(meant(result.settings[key])).toEqual(meant(before[key]));
    }
    expect(result.said).not.toMatch(/motion_scale|free_init|free_noise/);
  });

  it('are in a note if there is no motion module', () => {
    const { said } = kept('motion_module: none\nmotion_scale: 1.3\nfree_init: {}\nfree_noise: {}', 'comfy-api');
    for (const key of ['motion_scale', 'free_init', 'free_noise']) expect(said).toContain(key);
  });
});

describe('frame interpolation', () => {
  it.each([
    [16, 8, 1],
    [16, 8, 2],
    [16, 45, 2],
    [120, 45, 2],
    [120, 12.5, 3],
    [48, 30, 9],
  ])('is that of Deforum, at the same rate: %i frames, %d fps, x %i', (frames, fps, x) => {
    const text = `frames: ${frames}\nfps: ${fps}\ninterpolate: {method: film, x: ${x}}`;
    const { settings, said } = kept(text, 'deforum');
    expect(settings).toMatchObject({ frames, fps, interpolate: { method: 'film', x } });
    expect(said).not.toMatch(/interpolat/);
  });

  it('is in a note if it is another one', () => {
    expect(kept('interpolate: {method: blend, x: 2}', 'deforum').said).toMatch(/interpolate, blend/);
  });
});
