import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { part, partsObject, setting, settingsObject, used } from '../../../grammar/settings/about.ts';
import { settingFileKind, settingFiles, settingModelKind } from '../../../grammar/settings/entries.ts';
import { readSettings } from '../../../grammar/settings/read.ts';
import { resolveSettings } from '../../../grammar/settings/resolve.ts';
import { settingAt } from '../../../grammar/settings/schema.ts';

describe('the metadata of a setting', () => {
  it('is part of its type', () => {
    // @ts-expect-error a setting without `use`
    setting(z.string(), { group: 'File', description: 'Without a decision.' });
    // @ts-expect-error a part without `use`
    part(z.string(), { description: 'Without a decision.' });
    // @ts-expect-error a key without metadata
    settingsObject({ key: z.string() });
    // @ts-expect-error a sub-key without metadata
    partsObject({ key: z.string() });
    // @ts-expect-error a part is not a setting of its own
    settingsObject({ key: part(z.string(), { description: 'A part.', use: used }) });
    const shape = { key: setting(z.string(), { group: 'File', description: 'A setting.', use: used }) };
    expect(settingsObject(shape).parse({ key: 'a' })).toEqual({ key: 'a' });
  });

  it('names the kind of file', () => {
    const kinds = ['checkpoint', 'vae', 'motion_module', 'extends', 'mask', 'video.path', 'controlnet.3.image', 'fps'];
    expect(kinds.map(settingFileKind)).toEqual([
      'checkpoint',
      'vae',
      'motion-module',
      'travel',
      'image-or-folder',
      'image-folder',
      'image',
      null,
    ]);
    expect(['checkpoint', 'controlnet.0.model', 'mask'].map(settingModelKind)).toEqual([
      'checkpoint',
      'controlnet',
      null,
    ]);
  });

  it('finds every file that settings name', () => {
    const { settings } = readSettings(
      'text_encoder: t\nvae: v\nmask: m\nvideo: {source: s}\ncontrolnet: [{model: a, image: i}, {model: b, batch: f}, {model: c, image: {0: x, 50%: y}}]',
      0,
    );
    expect(settingFiles(resolveSettings([settings])).map(({ path, kind, name }) => [path, kind, name])).toEqual([
      ['checkpoint', 'checkpoint', 'pocket'],
      ['text_encoder', 'text-encoder', 't'],
      ['vae', 'vae', 'v'],
      ['controlnet.0.model', 'controlnet', 'a'],
      ['controlnet.0.image', 'image', 'i'],
      ['controlnet.1.model', 'controlnet', 'b'],
      ['controlnet.1.batch', 'image-folder', 'f'],
      ['controlnet.2.model', 'controlnet', 'c'],
      ['controlnet.2.image.0', 'image', 'x'],
      ['controlnet.2.image.50%', 'image', 'y'],
      ['video.source', 'video', 's'],
      ['mask', 'image-or-folder', 'm'],
    ]);
  });

  it('is found by path', () => {
    expect(settingAt(['controlnet', '0', 'mode'])?.key).toBe('mode');
    expect(settingAt(['define', 'hero'])).toBeNull();
    expect(settingAt(['constructor'])).toBeNull();
    expect(settingAt(['controlnet', 'constructor'])).toBeNull();
  });
});
