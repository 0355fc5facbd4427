import { resolve as resolvePath } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSetting } from '../../../grammar/parse-setting.ts';
import { didYouMean } from '../../../grammar/settings/did-you-mean.ts';
import { choicesOf, defaultOf, kindOf, partsOf } from '../../../grammar/settings/inspect.ts';
import { readSettings } from '../../../grammar/settings/read.ts';
import { settingMarkdown, settingsReference } from '../../../grammar/settings/reference.ts';
import { resolveSettings } from '../../../grammar/settings/resolve.ts';
import { aboutSetting, isSettingKey, SETTING_KEYS, Settings } from '../../../grammar/settings/schema.ts';
import { Sampler, SigmaSchedule } from '../../../plan/samplers.ts';

describe('the settings', () => {
  it('have the defaults of the language', () => {
    expect(resolveSettings([])).toMatchObject({
      checkpoint: 'pocket',
      clip_skip: 1,
      frames: 16,
      fps: 8,
      loop: 0,
      closed_loop: 'N',
      context: 16,
      stride: 1,
      overlap: -1,
      context_schedule: 'uniform',
      fuse: 'pyramid',
      steps: 20,
      sampler: 'Euler a',
      schedule: 'automatic',
      cfg_scale: 7,
      seed: -1,
      rng: 'cpu',
      transition: 'linear',
      mix: 'slerp',
      emphasis: 'Original',
      save: ['webp'],
      output: 'renders/{name}/{date}-{seed}',
      reverse: [],
      motion_scale: 1,
      device: 'auto',
      dialect: 'travel',
      define: {},
    });
    for (const key of ['vae', 'motion_module', 'width', 'height', 'video', 'extends'] as const) {
      expect(defaultOf(Settings.shape[key])).toBeUndefined();
    }
  });

  it.each(SETTING_KEYS)('%s has a description and valid examples', (key) => {
    const { description, examples = [] } = aboutSetting(key);
    expect(description.length).toBeGreaterThan(20);
    for (const example of examples) expect(readSettings(`${key}: ${example}`, 0).issues).toEqual([]);
    expect(settingMarkdown(key)).toContain(description);
  });

  it('know the engine’s samplers and schedules', () => {
    expect(choicesOf(Settings.shape.sampler)).toEqual(expect.arrayContaining(Sampler.options));
    expect(choicesOf(Settings.shape.schedule)).toEqual(expect.arrayContaining(SigmaSchedule.options));
  });

  it('do not include the keys of Object', () => {
    for (const key of ['constructor', '__proto__', 'toString']) expect(isSettingKey(key)).toBe(false);
    expect(Object.keys(Settings.shape)).toEqual(SETTING_KEYS);
  });
});

describe('resolveSettings', () => {
  it('lets later layers win and merges definitions by name', () => {
    const resolved = resolveSettings([
      { fps: 12, frames: 32, define: { hero: 'a', place: 'b' } },
      { fps: 24, define: { hero: 'c' } },
      { seed: 3 },
    ]);
    expect(resolved).toMatchObject({ fps: 24, frames: 32, seed: 3, define: { hero: 'c', place: 'b' } });
  });
});

describe('parseSetting', () => {
  it.each([
    ['cfg_scale', '9', { cfg_scale: 9 }],
    ['cfg_scale', '{0: 7, 50%: 9}', { cfg_scale: { '0': 7, '50%': 9 } }],
    ['save', 'gif,mp4', { save: ['gif', 'mp4'] }],
    ['save', '[gif, mp4]', { save: ['gif', 'mp4'] }],
    ['save', 'gif', { save: ['gif'] }],
    ['negative_prompt', 'a: b, "c" # d', { negative_prompt: 'a: b, "c" # d' }],
    ['checkpoint', 'C:\\models\\1.safetensors', { checkpoint: 'C:\\models\\1.safetensors' }],
    ['unload_models', 'true', { unload_models: true }],
    ['closed_loop', 'R+P', { closed_loop: 'R+P' }],
    ['interpolate', '{method: film}', { interpolate: { method: 'film', x: 10, cuts: 'keep' } }],
  ])('reads %s=%s', (key, text, settings) => {
    expect(parseSetting(key, text)).toEqual({ ok: true, settings });
  });

  it.each([
    ['cgf_scale', '9', 'cfg_scale'],
    ['fps', 'fast', 'number'],
    ['fps', '8\nframes: 3', 'fps'],
    ['save', '', 'webp'],
  ])('explains what is wrong with %s=%s', (key, text, hint) => {
    expect(parseSetting(key, text)).toEqual({ ok: false, message: expect.stringContaining(hint) });
  });

  it('knows the kind of value of each setting', () => {
    const kinds = ['negative_prompt', 'save', 'unload_models', 'fuse', 'frames', 'cfg_scale', 'define'] as const;
    expect(kinds.map((key) => kindOf(Settings.shape[key]))).toEqual([
      'text',
      'list',
      'switch',
      'choice',
      'number',
      'number',
      'map',
    ]);
  });
});

describe('didYouMean', () => {
  it.each([
    ['frmes', 'frames'],
    ['Closed-Loop', 'closed_loop'],
    ['samper', 'sampler'],
    ['fsp', 'fps'],
    ['something', null],
    ['x'.repeat(1_000_000), null],
  ])('%s may be a misspelled %s', (word, meant) => {
    expect(didYouMean(word, SETTING_KEYS)).toBe(meant);
  });

  it.each([
    ['DPM++ SDE Karras', null],
    ['DPM++ 2M SDE Karras', null],
    ['DPM++ 3M Karras', null],
    ['DPM++ 2M Karas', 'DPM++ 2M Karras'],
    ['dpm++ 2m karras', 'DPM++ 2M Karras'],
    ['Eulera', 'Euler a'],
    ['Eular a', 'Euler a'],
    ['Heun a', null],
  ])('the sampler %s may be a misspelled %s', (word, meant) => {
    expect(didYouMean(word, ['Euler a', 'Euler', 'DDIM', 'DPM++ 2M', 'DPM++ 2M Karras'])).toBe(meant);
  });

  it('finds nothing without candidates', () => {
    expect(didYouMean('a', [])).toBeNull();
  });
});

it('docs/settings.md is up to date (`vitest run --update` writes it)', async () => {
  await expect(settingsReference()).toMatchFileSnapshot(resolvePath(import.meta.dirname, '../../../docs/settings.md'));
});

it('docs/settings.md lists the values of every setting and of its parts', () => {
  const page = settingsReference();
  for (const key of SETTING_KEYS) {
    const type = Settings.shape[key];
    const section = page.split(/^##+ /m).find((part) => part.startsWith(`\`${key}\``))!;
    for (const part of [type, ...Object.values(partsOf(type))]) {
      const missing = (choicesOf(part) ?? []).filter((choice) => !section.includes(`\`${choice}\``));
      expect([key, missing]).toEqual([key, []]);
    }
  }
});
