import { describe, expect, it } from 'vitest';
import { importTravel } from '../../exchange/import.ts';
import { imported, messages, refusal, workflow } from './imported.ts';

describe('the prompts of Deforum’s box', () => {
  it.each([
    ['{"0": "a", "30": "b --neg c"}', 120, '0: a\n30: b --neg c'],
    ['{"0": "a", "max_f/2": "b"}', 120, '0: a\n60: b'],
    ['{"0": "a", "150": "b"}', 152, '0: a\n150: b'],
  ])('are read if the format is forced: %s', (text, frames, keys) => {
    const result = imported(text, 'deforum');
    expect(result.travel).toBe(`---\nframes: ${frames}\ntransition: cut\n---\n\n${keys}\n`);
    expect(messages(result)).toMatch(/^length-not-in-file: /m);
  });
});

describe('the prompts of Deforum as the text of its box', () => {
  const settings = (prompts: string, key = 'prompts') =>
    JSON.stringify({ animation_mode: '2D', max_frames: 120, [key]: prompts });

  it.each(['{"0": "a", "30": "b"}', '"0": "a", "30": "b"', '{"0": "a"; "max_f/4": "b"}', "{'0': 'a', '30': 'b'}"])(
    'are read: %s',
    (prompts) => {
      for (const key of ['prompts', 'animation_prompts'])
        expect(imported(settings(prompts, key)).travel).toContain('\n0: a\n30: b\n');
    },
  );

  it.each(['[1]', 'a fox', '{"0": "a, "30": "b"}'])('are not dropped if they cannot be read: %s', (prompts) => {
    expect(refusal(settings(prompts))).not.toMatch(/^read/);
  });
});

describe('a value that cannot be read', () => {
  it.each<[string, string, string]>([
    ['a request', '{"prompt": "a", "steps": "abc", "alwayson_scripts": {}}', 'steps'],
    [
      'a request’s setting',
      '{"alwayson_scripts": {}, "override_settings": {"CLIP_stop_at_last_layers": "abc"}}',
      'CLIP',
    ],
    ['a request’s seed', '{"prompt": "a", "seed": "abc", "alwayson_scripts": {}}', 'seed'],
    ['AnimateDiff', '{"alwayson_scripts": {"AnimateDiff": {"args": [{"enable": true, "fps": "abc"}]}}}', 'fps'],
    [
      'AnimateDiff’s reverse',
      '{"alwayson_scripts": {"AnimateDiff": {"args": [{"enable": true, "reverse": ["abc"]}]}}}',
      'reverse',
    ],
    [
      'a ControlNet unit',
      '{"alwayson_scripts": {"ControlNet": {"args": [{"model": "m", "image": "x", "weight": "abc"}]}}}',
      'weight',
    ],
    [
      'a ControlNet unit’s mode',
      '{"alwayson_scripts": {"ControlNet": {"args": [{"model": "m", "image": "x", "control_mode": "abc"}]}}}',
      'control_mode',
    ],
    ['animatediff-cli', '{"prompt_map": {"0": "a"}, "steps": "abc"}', 'steps'],
    ['animatediff-cli’s output', '{"prompt_map": {"0": "a"}, "output": {"fps": "abc"}}', 'fps'],
    ['animatediff-cli’s seed', '{"prompt_map": {"0": "a"}, "seed": ["abc"]}', 'seed'],
    ['Deforum', '{"animation_mode": "2D", "prompts": {"0": "a"}, "max_frames": "abc"}', 'max_frames'],
    ['generation parameters', 'a\nSteps: abc, Sampler: Euler a, Size: 8x8', 'Steps'],
    ['a size in generation parameters', 'a\nSteps: 20, Sampler: Euler a, Size: abc', 'Size'],
    ['AnimateDiff’s parameters', 'a\nSteps: 20, Sampler: Euler a, AnimateDiff: "model: m, fps: abc"', 'fps'],
    ['a workflow', workflow({}, { steps: 'abc' }), 'steps'],
    [
      'a size in a workflow',
      workflow({ '3': ['EmptyLatentImage', { width: 'abc', height: 8, batch_size: 4 }] }),
      'width',
    ],
  ])('of %s is kept in a note', (_, text, key) => {
    const result = imported(text);
    expect(messages(result)).toMatch(new RegExp(`${key}.*abc`));
    expect(result.travel).not.toContain('abc');
  });

  it('is not one that says that there is none', () => {
    const text = '{"prompt": "a", "steps": null, "seed": null, "alwayson_scripts": {}, "override_settings": null}';
    expect(imported(text).notes.map(({ key }) => key)).toEqual(['no-animation']);
  });
});

describe('a text of no known format', () => {
  it.each([
    ['an empty map', '{}', 'JSON of no known format'],
    ['an empty list', ' []\n', 'JSON of no known format'],
    ['a list of numbers', '[1, 2]', 'JSON of no known format'],
    ['nothing of JSON', 'null', 'JSON of no known format'],
    ['a number', '42\n', 'JSON of no known format'],
    ['not a number', 'NaN', 'JSON of no known format'],
    ['a Boolean', 'true', 'JSON of no known format'],
    ['an XML file', '<?xml version="1.0"?><a/>', 'XML file'],
    ['an SVG image', '<svg xmlns="x"><text>a fox</text></svg>', 'XML file'],
    ['a PDF file', '%PDF-1.4\n1 0 obj<<>>endobj', 'PDF file'],
    ['an RTF file', '{\\rtf1\\ansi a fox}', 'RTF file'],
    ['a Python program', 'import os\nprint(1)\n', 'Python program'],
    [
      'a Python program with a comment',
      '#!/usr/bin/env python\n# x\n\nfrom diffusers import AnimateDiffPipeline\n\npipe = None\n',
      'Python program',
    ],
    ['a table', 'frame,prompt\n0,a cat\n12,a dog\n', 'This is a table'],
    ['the styles of A1111', 'name,prompt,negative_prompt\nfilm,"a film, grain",blurry\n', 'This is a table'],
    ['a table with tabs', '"frame"\t"prompt"\n0\ta cat\n', 'This is a table'],
    ['an INI file', '[clip]\nprompt = a cat\n', 'INI file'],
    ['YAML', '# mine\nframes: 24\nprompts:\n  0: a cat\n  12: a dog\n', 'YAML'],
    ['YAML with a list', '---\nsteps: 20\nprompts:\n- a cat\n- a dog\n', 'YAML'],
    ['an HTML page', '<!DOCTYPE html>\n<html><body>Steps: 20, Sampler: Euler a</body></html>', 'HTML page'],
    ['an HTML page without its type', '\n<html lang="en">\nSteps: 20, Sampler: Euler\n</html>', 'HTML page'],
  ])('is refused in one sentence: %s', (_, text, words) => {
    expect(refusal(text)).toContain(words);
  });

  it.each([
    '{red|blue} fox',
    '[a:b:0.5]',
    '[fox]',
    '[fox] and [cat]\na = b',
    '<lora:a:1> fox',
    '{}, fox',
    'from paris import love',
    'cat,prompt',
    'cat, prompt\nin a garden',
    'style: anime\nmood: dark\n0: a cat',
    'prompt: a cat\nin a garden',
    'prompt: a cat',
  ])('is not a prompt such as %s', (text) => {
    expect(imported(text).format).toBe('a1111-prompt');
  });
});

describe('metadata that is damaged', () => {
  it.each(['workflow', 'prompt'])('is named: %s', (field) => {
    expect(refusal('{"nodes": [{"id": 1', field)).toMatch(new RegExp(`“${field}”.*damaged.*line 1, column`));
  });

  it('does not hide what is whole', () => {
    const result = importTravel([
      { field: 'prompt', text: '{"1": {"class_ty' },
      { field: 'workflow', text: workflow({}) },
    ]);
    expect(result.travel).toContain('a fox');
    expect(messages(result)).toMatch(/damaged: .*“prompt”/);
  });
});

describe('generation parameters', () => {
  it('without AnimateDiff report that keyframes become one prompt', () => {
    const steps = '\nSteps: 20, Sampler: Euler a, Size: 8x8';
    expect(messages(imported(`a fox\n0: sea\n8: sky${steps}`))).toMatch(/keyframes-as-text: .*“0: sea”/);
    expect(messages(imported(`a fox${steps}`))).not.toContain('one prompt');
  });
});

describe('a sampler of Deforum', () => {
  it.each([
    ['euler_ancestral', 'Euler a'],
    ['klms', 'LMS'],
    ['dpm2_ancestral', 'DPM2 a'],
    ['dpmpp_2s_a', 'DPM++ 2S a'],
    ['Euler a', 'Euler a'],
  ])('is known by its older name: %s', (name, sampler) => {
    const result = imported(JSON.stringify({ animation_mode: '2D', prompts: { 0: 'a' }, sampler: name }));
    expect(messages(result)).not.toContain('sampler');
    expect(result.travel.includes('sampler:') ? result.travel : 'sampler: Euler a').toContain(`sampler: ${sampler}`);
  });
});

it.each([
  'import of goods, from above',
  'from a window\nimport export sign',
  '<lora:film:0.8> a fox',
  '<b>a fox</b>',
  '100% cotton',
  'true love, 42 roses',
])('a prompt is read: %s', (text) => {
  expect(refusal(text)).toMatch(/^read: /);
});

describe('fields of a request that have no effect', () => {
  const read = (fields: object) => {
    const { travel, notes } = imported(JSON.stringify({ prompt: 'a fox', ...fields, alwayson_scripts: {} }));
    return { travel, notes: notes.map(({ message }) => message) };
  };
  const plain = read({});

  it.each([
    [{ enable_hr: false, hr_scale: 2, hr_upscaler: 'Latent', hr_second_pass_steps: 0, hr_resize_x: 0 }],
    [{ hr_scale: 2, firstphase_width: 512 }],
    [{ firstphase_width: 0, firstphase_height: 0, s_min_uncond: 0 }],
    [{ script_args: [], script_name: '', comments: {}, refiner_checkpoint: null }],
    [{ mask: null, inpainting_fill: 1, mask_blur: 4, inpaint_full_res: true }],
    [{ inpainting_fill: 1 }],
    [{ styles: [], override_settings: {} }],
  ])('are not reported: %j', (fields) => {
    expect(read(fields)).toEqual(plain);
  });

  it.each([
    [{ enable_hr: true, hr_scale: 2, hr_negative_prompt: 'x' }, /hr_scale: 2/],
    [{ enable_hr: true, hr_negative_prompt: 'x' }, /hr_negative_prompt/],
    [{ script_args: [1], script_name: 'x' }, /script_args .* It was: \[1\]/],
    [{ mask: 'iVBOR', inpainting_fill: 1 }, /Inpainting .* \(mask, inpainting_fill\)/],
    [{ s_min_uncond: 1.5 }, /s_min_uncond .* It was: 1\.5/],
  ])('others are: %j', (fields, message) => {
    expect(read(fields).notes.join('\n')).toMatch(message);
  });
});

describe('a VAE that is the checkpoint’s own', () => {
  it.each(['Automatic', 'None', 'none', 'Default (model)', 'Default', 'Baked VAE'])('is left out: %s', (vae) => {
    const request = JSON.stringify({ prompt: 'a', override_settings: { sd_vae: vae }, alwayson_scripts: {} });
    for (const text of [`a fox\nSteps: 20, Sampler: Euler a, VAE: ${vae}, Seed: 1`, request]) {
      expect(imported(text).travel).not.toContain('vae:');
    }
  });

  it('others stay', () => {
    const text = 'a fox\nSteps: 20, Sampler: Euler a, VAE: default_anime.pt, Seed: 1';
    expect(imported(text).travel).toContain('vae: default_anime.pt\n');
  });
});

describe('what is not text', () => {
  it('is no prompt of animatediff-cli', () => {
    const result = imported('{"prompt_map": {"0": "a", "8": "b", "16": {"x": 1}}, "n_prompt": [{"y": 2}, "blurry"]}');
    expect(result.travel).toContain('negative_prompt: blurry\n');
    expect(result.travel).not.toMatch(/[xy]"/);
    expect(messages(result)).toMatch(
      /other-fields: The prompt at 16 is not text[\s\S]*other-fields: An item of n_prompt/,
    );
  });
});

describe('what only some versions have', () => {
  const read = (value: object) => {
    const { travel, notes } = importTravel([{ text: JSON.stringify(value) }]);
    return { travel, notes: notes.map(({ key, message }) => `${key}: ${message}`).join('\n') };
  };

  it('arguments of AnimateDiff without names', () => {
    const { travel, notes } = read({
      prompt: 'a fox\n0: red\n8: blue',
      alwayson_scripts: { AnimateDiff: { args: [true, 3, 24, 6, 'mm_sd_v15.ckpt'] } },
    });
    expect(travel).toMatch(/frames: 24\nfps: 6\nloop: 3\n[\s\S]*motion_module: mm_sd_v15\.ckpt\n/);
    expect(travel).toMatch(/\n0: red\n8: blue\n/);
    expect(notes).toMatch(/other-fields: .*without names \(true, 3, 24, 6, mm_sd_v15\.ckpt\)/);
  });

  it('other arguments without names', () => {
    const { notes } = read({ prompt: 'a', alwayson_scripts: { ControlNet: { args: [true, 'canny'] } } });
    expect(notes).toMatch(/other-fields: Arguments of the script controlnet .*true, canny/);
  });

  it('keyframes of Deforum that are never reached', () => {
    const { travel, notes } = read({ animation_mode: '2D', max_frames: 10, prompts: { '0': 'a', '30': 'b' } });
    expect(travel).toMatch(/\n0: a\n$/);
    expect(notes).toMatch(/keyframe-past-end: .*10 frames.*30: b/);
  });
});

describe('hires fix', () => {
  it.each([
    [
      'a request with its defaults',
      '{"prompt": "a fox", "alwayson_scripts": {}, "enable_hr": true}',
      'is not available. Set',
    ],
    [
      'a request',
      '{"prompt": "a fox", "alwayson_scripts": {}, "enable_hr": true, "hr_scale": 2}',
      'is not available (hr_scale: 2). Set',
    ],
    ['parameters', 'a fox\nSteps: 20, Sampler: Euler, Hires upscale: 2', 'is not available (Hires upscale: 2). Set'],
  ])('is noted for %s', (_, text, said) => {
    expect(messages(imported(text))).toContain(`hires-fix: Hires fix, a second pass at a larger size, ${said}`);
  });
});
