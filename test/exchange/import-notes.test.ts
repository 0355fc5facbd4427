import { describe, expect, it } from 'vitest';
import type { FormatName } from '../../exchange/format.ts';
import { type Imported, importTravel } from '../../exchange/import.ts';
import { ImportError } from '../../exchange/notes.ts';

const imported = (text: string, format: FormatName | null = null): Imported => importTravel([{ text }], { format });

const messages = ({ notes }: Imported) => notes.map(({ key, message }) => `${key}: ${message}`).join('\n');

function refusal(text: string, field?: string): string {
  try {
    return `read: ${importTravel([{ text, field }]).travel}`;
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    return error.message;
  }
}

type Nodes = Readonly<Record<string, readonly [type: string, inputs: Readonly<Record<string, unknown>>]>>;

/** A workflow of ComfyUI's API with a sampler, an output and the given nodes, which come first. */
function workflow(nodes: Nodes, sampler: Readonly<Record<string, unknown>> = {}): string {
  const all: Nodes = {
    '1': ['CheckpointLoaderSimple', { ckpt_name: 'a.safetensors' }],
    '2': ['CLIPTextEncode', { text: 'a fox', clip: ['1', 1] }],
    '3': ['EmptyLatentImage', { width: 512, height: 512, batch_size: 4 }],
    '4': [
      'KSampler',
      { model: ['1', 0], positive: ['2', 0], latent_image: ['3', 0], seed: 1, steps: 20, cfg: 7, ...sampler },
    ],
    '5': ['VAEDecode', { samples: ['4', 0], vae: ['1', 2] }],
    '6': ['SaveImage', { images: ['5', 0] }],
    ...nodes,
  };
  return JSON.stringify(
    Object.fromEntries(Object.entries(all).map(([id, [type, inputs]]) => [id, { class_type: type, inputs }])),
  );
}

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

describe('a ComfyUI workflow', () => {
  it('with a cycle gets one note about it', () => {
    const text = workflow({
      '3': ['Blend', { samples: ['7', 0] }],
      '7': ['Blend', { samples: ['3', 0] }],
      '8': ['Mix', { conditioning: ['9', 0] }],
      '9': ['Mix', { conditioning: ['8', 0] }],
      '4': ['KSampler', { model: ['1', 0], positive: ['8', 0], latent_image: ['3', 0], seed: 1, steps: 20, cfg: 7 }],
    });
    const keys = imported(text).notes.map(({ key }) => key);
    expect(keys.filter((key) => key === 'unknown-node')).toHaveLength(4);
    expect(keys.filter((key) => key === 'cycle')).toHaveLength(2);
  });

  it('with a motion LoRA that follows itself ends', () => {
    const text = workflow({
      '4': ['KSampler', { model: ['7', 0], positive: ['2', 0], latent_image: ['3', 0] }],
      '7': ['ADE_AnimateDiffLoaderGen1', { model: ['1', 0], model_name: 'mm.ckpt', motion_lora: ['8', 0] }],
      '8': ['ADE_AnimateDiffLoRALoader', { name: 'zoom', strength: 1, prev_motion_lora: ['8', 0] }],
    });
    expect(imported(text).travel).toContain('<lora:zoom:1>');
  });

  it('reports a number that another node makes', () => {
    const text = workflow({
      '3': ['EmptyLatentImage', { width: 512, height: 512, batch_size: ['7', 0] }],
      '7': ['MathExpression', { expression: 'a + 1', a: 15 }],
    });
    expect(messages(imported(text))).toMatch(/linked-value: .*batch_size.*MathExpression/);
  });

  it('reports a denoise that has no image to start from', () => {
    expect(messages(imported(workflow({}, { denoise: 0.6 })))).toMatch(/denoise.*0\.6/);
    expect(messages(imported(workflow({}, { denoise: 1 })))).not.toContain('denoise');
  });

  it('has the steps of a sampler that names the first and the last one', () => {
    const sampler = { model: ['1', 0], positive: ['2', 0], latent_image: ['3', 0], noise_seed: 1, steps: 20, cfg: 7 };
    const text = workflow({
      '3': ['VAEEncode', { pixels: ['8', 0], vae: ['1', 2] }],
      '4': ['KSamplerAdvanced', { ...sampler, start_at_step: 8, end_at_step: 18 }],
      '8': ['LoadImage', { image: 'a.png' }],
    });
    expect(imported(text).travel).toMatch(/init_image: a\.png\ndenoising_strength: 0\.6/);
    expect(messages(imported(text))).toMatch(/end_at_step: 18/);
    const whole = workflow({ '4': ['KSamplerAdvanced', { ...sampler, start_at_step: 0, end_at_step: 10000 }] });
    expect(messages(imported(whole))).not.toContain('step');
    const empty = workflow({ '4': ['KSamplerAdvanced', { ...sampler, start_at_step: 5, end_at_step: 10000 }] });
    expect(messages(imported(empty))).toMatch(/denoise: 0\.75/);
  });

  it('reports how many images of one image are made', () => {
    const text = workflow({
      '3': ['RepeatLatentBatch', { samples: ['7', 0], amount: 6 }],
      '7': ['VAEEncode', { pixels: ['8', 0], vae: ['1', 2] }],
      '8': ['LoadImage', { image: 'a.png' }],
    });
    expect(imported(text).travel).toContain('frames: 6');
  });
});

describe('a text of no known format', () => {
  it.each([
    ['an empty map', '{}', 'JSON of no known format'],
    ['an empty list', ' []\n', 'JSON of no known format'],
    ['a list of numbers', '[1, 2]', 'JSON of no known format'],
    ['an HTML page', '<!DOCTYPE html>\n<html><body>Steps: 20, Sampler: Euler a</body></html>', 'HTML page'],
    ['an HTML page without its type', '\n<html lang="en">\nSteps: 20, Sampler: Euler\n</html>', 'HTML page'],
  ])('is refused in one sentence: %s', (_, text, words) => {
    expect(refusal(text)).toContain(words);
  });

  it.each(['{red|blue} fox', '[a:b:0.5]', '[fox]', '<lora:a:1> fox', '{}, fox'])(
    'is not a prompt such as %s',
    (text) => {
      expect(imported(text).format).toBe('a1111-prompt');
    },
  );
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
