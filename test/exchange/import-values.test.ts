import { describe, expect, it } from 'vitest';
import { importTravel } from '../../exchange/import.ts';
import { checkTravel } from '../../grammar/language.ts';
import { testEnvironment } from '../grammar/environment.ts';

/** Models and images that this computer does not have. */
const MISSING = /not found in the model folders|has no input/;

/** A document, its notes, and the errors of `check` that are not about files. */
function imported(text: string) {
  const { travel, notes } = importTravel([{ text }]);
  const { document, problems } = checkTravel(travel, testEnvironment());
  const errors = problems.flatMap(({ severity, message }) =>
    severity === 'error' && !MISSING.test(message) ? [message] : [],
  );
  return { travel, document, notes: notes.map(({ key, message }) => `${key}: ${message}`).join('\n'), errors };
}

const request = (fields: string) => `{"prompt": "a", ${fields}, "alwayson_scripts": {}}`;
const parameters = (fields: string) => `a\nSteps: 20, Sampler: Euler a, ${fields}`;
const workflow = (sampler: string) =>
  JSON.stringify({
    '1': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'toonyou' } },
    '2': { class_type: 'CLIPTextEncode', inputs: { text: 'a fox', clip: ['1', 1] } },
    '3': { class_type: 'EmptyLatentImage', inputs: { width: 512, height: 512, batch_size: 4 } },
    '4': {
      class_type: 'KSampler',
      inputs: { model: ['1', 0], positive: ['2', 0], latent_image: ['3', 0], steps: 20, cfg: 7 },
    },
    '5': { class_type: 'VAEDecode', inputs: { samples: ['4', 0], vae: ['1', 2] } },
    '6': { class_type: 'SaveImage', inputs: { images: ['5', 0] } },
  }).replace('"steps":20,"cfg":7', sampler);

const SEEDS: Readonly<Record<string, (seed: string) => string>> = {
  'generation parameters': (seed) => parameters(`Seed: ${seed}`),
  'a variation in generation parameters': (seed) => parameters(`Variation seed: ${seed}`),
  'a request': (seed) => request(`"seed": ${seed}`),
  'a request with text': (seed) => request(`"seed": "${seed}"`),
  'a variation in a request': (seed) => request(`"subseed": ${seed}`),
  Deforum: (seed) => `{"animation_mode": "2D", "prompts": {"0": "a"}, "seed": ${seed}}`,
  'animatediff-cli': (seed) => `{"prompt_map": {"0": "a"}, "seed": [${seed}]}`,
  'a workflow': (seed) => workflow(`"seed":${seed}`),
};

describe.each(Object.entries(SEEDS))('the seed of %s', (_, textWith) => {
  it.each([
    ['99999999999999999999999', 'seed-precision', /is too large/],
    ['9007199254740993', 'seed-precision', /is too large/],
    ['1e20', 'seed-precision', /is too large/],
    ['-9007199254740993', 'seed-precision', /is too large/],
    ['1.5', 'other-fields', /not a whole number.*1\.5/],
    ['-7', 'other-fields', /not a whole number.*-7/],
  ])('is left out with a note: %s', (seed, key, words) => {
    const { travel, notes, errors } = imported(textWith(seed));
    expect(travel).not.toMatch(/^(?:sub)?seed:/m);
    const line = notes.split('\n').find((one) => words.test(one));
    expect(line).toMatch(new RegExp(`^${key}: The (?:variation )?seed `));
    if (/^-?\d+$/.test(seed)) expect(line).toContain(seed);
    expect(errors).toEqual([]);
  });

  it.each(['9007199254740991', '0', '7'])('is kept: %s', (seed) => {
    expect(imported(textWith(seed)).travel).toMatch(new RegExp(`^(?:sub)?seed: ${seed}$`, 'm'));
  });
});

const literal = (text: string) => text.replace(/[.+]/g, '\\$&');
const unit = (fields: string) =>
  `{"prompt": "a", "alwayson_scripts": {"ControlNet": {"args": [{"model": "openpose", "image": "x", ${fields}}]}}}`;
const animated = (fields: string) => parameters(`AnimateDiff: "${fields}"`);
const deforum = (fields: string) => `{"animation_mode": "2D", "prompts": {"0": "a", "40": "b"}, ${fields}}`;

describe('a value that a setting cannot have', () => {
  it.each<[name: string, text: string, setting: string, value: string]>([
    ['a width', request('"width": 0'), 'width', '0'],
    ['a width below a block', request('"width": 4'), 'width', '4'],
    ['a height', parameters('Size: 512x9000'), 'height', '9000'],
    ['steps', 'a\nSteps: 0, Sampler: Euler', 'steps', '0'],
    ['steps that are no whole number', request('"steps": 2.5'), 'steps', '2.5'],
    ['a guidance', request('"cfg_scale": -1'), 'cfg_scale', '-1'],
    ['clip skip', parameters('Clip skip: 99'), 'clip_skip', '99'],
    ['a source of noise', parameters('RNG: Quantum'), 'rng', 'quantum'],
    ['an ENSD', parameters('ENSD: 1e30'), 'eta_noise_seed_delta', '1e+30'],
    ['a frame rate', deforum('"fps": -3'), 'fps', '-3'],
    ['a frame rate in parameters', animated('video_length: 16, fps: 0'), 'fps', '0'],
    ['a context', animated('video_length: 16, batch_size: 0.5'), 'context', '0.5'],
    ['a loop', animated('video_length: 16, loop_number: -1'), 'loop', '-1'],
    ['a length', deforum('"max_frames": 10000000'), 'frames', '10000000'],
    ['a length in parameters', animated('video_length: -5'), 'frames', '-5'],
    ['a length that is no whole number', deforum('"max_frames": 50.5'), 'frames', '50.5'],
    ['one of several values', deforum('"cfg_scale_schedule": "0: (7), 20: (-4)"'), 'cfg_scale › 20', '-4'],
    ['a part of a unit', unit('"weight": 5'), 'controlnet › 1 › weight', '5'],
    [
      'a strength in a workflow',
      workflow('"denoise":2').replace(
        '{"class_type":"EmptyLatentImage","inputs":{"width":512,"height":512,"batch_size":4}}',
        '{"class_type":"VAEEncode","inputs":{"pixels":["7",0],"vae":["1",2]}},"7":{"class_type":"LoadImage","inputs":{"image":"a.png"}}',
      ),
      'denoising_strength',
      '2',
    ],
    ['steps in a workflow', workflow('"steps":0'), 'steps', '0'],
    ['animatediff-cli’s steps', '{"prompt_map": {"0": "a", "8": "b"}, "steps": 0}', 'steps', '0'],
  ])('is left out with a note: %s', (_, text, setting, value) => {
    const { travel, document, notes, errors } = imported(text);
    expect(notes).toMatch(
      new RegExp(`^other-fields: Settings cannot have .*: .*\\b${setting}: ${literal(value)}(?:,|$)`, 'm'),
    );
    expect(errors).toEqual([]);
    expect(travel).not.toMatch(new RegExp(`^${setting}: ${literal(value)}$`, 'm'));
    expect(document.keyframes).toHaveLength(/"40"|"8"/.test(text) ? 2 : 0);
  });

  it('keeps the other parts of a setting', () => {
    expect(imported(unit('"weight": 5, "guidance_end": 0.5')).travel).toMatch(/- \{model: openpose.*end: 0\.5/);
    expect(imported(deforum('"cfg_scale_schedule": "0: (7), 20: (-4), 30: (9)"')).travel).toContain(
      'cfg_scale: {0: 7, 30: 9}',
    );
  });

  it('is given as a number: NaN is left out where it is read', () => {
    expect(imported(parameters('CFG scale: NaN')).notes).toMatch(/other-fields: .*CFG scale: NaN/);
    expect(imported(workflow('"cfg":NaN')).notes).toMatch(/not-a-number: .*cfg/);
  });

  it('is not one at the end of its range', () => {
    const { travel, notes } = imported(deforum('"max_frames": 1000000, "fps": 240, "W": 8, "H": 8192, "steps": 1'));
    expect(travel).toMatch(/frames: 1000000\nfps: 240\nwidth: 8\nheight: 8192\nsteps: 1/);
    expect(notes).not.toContain('cannot have');
  });
});

const travelling = (keys: string, fields: string): readonly string[] => [
  `${keys}\nSteps: 20, Sampler: Euler a, AnimateDiff: "${fields}"`,
  JSON.stringify({
    prompt: keys,
    alwayson_scripts: { AnimateDiff: { args: [Object.fromEntries(fields.split(', ').map((one) => one.split(': ')))] } },
  }),
];

describe('keyframes of AnimateDiff', () => {
  it.each(travelling('0: a\n8: b\n0: c\n8: d\n8: e', 'enable: true, video_length: 16'))(
    'at a position that is taken are in a note: %s',
    (text) => {
      const { travel, notes, errors } = imported(text);
      expect(travel).toMatch(/\n\n0: c\n8: e\n$/);
      expect(notes).toMatch(/^duplicate-key: .* were: 0: a \| 8: b \| 8: d$/m);
      expect(errors).toEqual([]);
    },
  );

  it.each(travelling('0: a\n15: b\n16: y\n20: z', 'enable: true, video_length: 16'))(
    'after the end are in a note: %s',
    (text) => {
      const { travel, notes, errors } = imported(text);
      expect(travel).toMatch(/\n\n0: a\n15: b\n$/);
      expect(notes).toMatch(/^keyframe-past-end: .*16 frames.* were: 16: y \| 20: z$/m);
      expect(errors).toEqual([]);
    },
  );

  it.each(travelling('0: a\n8: b\n15: c', 'enable: true, video_length: 16'))('in the clip get no note: %s', (text) => {
    expect(imported(text).notes).not.toMatch(/duplicate-key|keyframe-past-end/);
  });
});

it.each<[text: string, format: 'fizz' | 'deforum']>([
  ['"0": "a", "0": "b", "8": "c"', 'fizz'],
  ['{"0": "a", "0": "b", "8": "c"}', 'deforum'],
])('keyframes of other schedules at a position that is taken are in a note: %s', (text, format) => {
  expect(importTravel([{ text }], { format }).notes.map(({ key }) => key)).toContain('duplicate-key');
});

describe('generation parameters with several lines of a negative prompt', () => {
  const steps = 'Steps: 20, Sampler: Euler a, Size: 512x512';
  it.each([
    ['a\nNegative prompt: b\nNegative prompt: c', 'b c'],
    ['a\nNegative prompt: b\nmore\nNegative prompt:c\nNegative prompt: ', 'b more c'],
    ['a\nNegative prompt:\nNegative prompt: c', 'c'],
    ['a\n  Negative prompt: b', 'b'],
    ['a\nNegative prompt: b, Negative prompt: c', 'b, Negative prompt: c'],
    ['a\nNegative prompt: b\nnegative prompt: c', 'b negative prompt: c'],
  ])('are read as A1111 reads them: %s', (text, negative) => {
    const { document, travel } = imported(`${text}\n${steps}`);
    expect(document.head.map(({ prompt }) => prompt.text)).toEqual(['a']);
    const [, written = ''] = /^negative_prompt: (.*)$/m.exec(travel) ?? [];
    expect(written.replace(/^(['"])(.*)\1$/, '$2')).toBe(negative);
  });
});

describe('an empty name of a model', () => {
  it.each([
    workflow('"seed":1').replace('toonyou', ''),
    request('"override_settings": {"sd_model_checkpoint": "", "sd_vae": ""}'),
    parameters('Model: , VAE: '),
    animated('model: , video_length: 16'),
    '{"prompt_map": {"0": "a"}, "path": "", "vae_path": "", "motion_module": ""}',
    deforum('"sd_model_name": ""'),
  ])('stands for none: %s', (text) => {
    const { travel, notes, errors } = imported(text);
    expect(travel).not.toMatch(/^(?:checkpoint|vae|motion_module): *(?:""|'')?$/m);
    expect(notes).not.toContain('cannot have');
    expect(errors).toEqual([]);
  });
});

/** Deforum makes values of the frames of the clip alone, too. */
it.each([
  ['cfg_scale', '"cfg_scale_schedule": "0:(7), 20:(5), 40:(3), 300:(1)"', /^cfg_scale: \{0: 7, 20: 5, 40: 3\}$/m],
  ['one value in the clip', '"cfg_scale_schedule": "0:(6), 300:(1)"', /^cfg_scale: 6$/m],
  [
    'a weight of ControlNet',
    '"cn_1_enabled": true, "cn_1_model": "canny", "cn_1_vid_path": "a.mp4", "cn_1_weight": "0:(1), 20:(0.5), 300:(0)"',
    /weight: \{0: 1, 20: 0\.5\}/,
  ],
])('positions of schedules after the end of the clip are left out: %s', (_, fields, expected) => {
  const text = `{"animation_mode": "2D", "max_frames": 48, "prompts": {"0": "a", "40": "b"}, ${fields}}`;
  const { travel } = importTravel([{ text }]);
  expect(travel).toMatch(expected);
  const { problems } = checkTravel(travel, testEnvironment());
  expect(problems.filter(({ code }) => code === 'travel/setting-beyond-end')).toEqual([]);
});
