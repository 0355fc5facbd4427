import { describe, expect, it } from 'vitest';
import { imported, messages, type Nodes, nodesWith, workflow } from './imported.ts';

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

  const FULL: Nodes = {
    '2': ['CLIPTextEncode', { text: 'a fox', clip: ['8', 1] }],
    '4': [
      'KSampler',
      {
        model: ['8', 0],
        positive: ['9', 0],
        negative: ['10', 0],
        latent_image: ['3', 0],
        seed: 1,
        steps: 20,
        cfg: 7,
        sampler_name: 'euler',
        scheduler: 'normal',
        denoise: 1,
      },
    ],
    '8': ['LoraLoader', { model: ['11', 0], clip: ['1', 1], lora_name: 'l', strength_model: 1, strength_clip: 1 }],
    '9': ['ControlNetApply', { conditioning: ['2', 0], control_net: ['12', 0], image: ['13', 0], strength: 1 }],
    '10': ['CLIPTextEncode', { text: 'blurry', clip: ['1', 1] }],
    '11': ['ADE_AnimateDiffLoaderGen1', { model: ['1', 0], model_name: 'mm', context_options: ['14', 0] }],
    '12': ['ControlNetLoader', { control_net_name: 'c' }],
    '13': ['LoadImage', { image: 'a.png' }],
    '14': ['ADE_StandardUniformContextOptions', { context_length: 16, context_stride: 1, context_overlap: 4 }],
  };

  it.each<readonly [id: string, name: string]>([
    ...Object.keys(FULL['4']![1]).map((name) => ['4', name] as const),
    ['1', 'ckpt_name'],
    ['2', 'text'],
    ['2', 'clip'],
    ['3', 'width'],
    ['3', 'batch_size'],
    ['5', 'samples'],
    ['5', 'vae'],
    ['8', 'model'],
    ['8', 'lora_name'],
    ['8', 'strength_clip'],
    ['9', 'conditioning'],
    ['9', 'control_net'],
    ['9', 'image'],
    ['10', 'text'],
    ['11', 'model_name'],
    ['11', 'context_options'],
    ['12', 'control_net_name'],
    ['14', 'context_stride'],
  ])('reports a node that is missing behind node %s, input %s', (id, name) => {
    const all: Nodes = { ...nodesWith({}), ...FULL };
    expect(messages(imported(workflow(all)))).not.toContain('missing');
    const [type, inputs] = all[id]!;
    const result = () => imported(workflow({ ...all, [id]: [type, { ...inputs, [name]: ['99', 0] }] }));
    if (name === 'samples')
      expect(result).toThrow(/input samples of node 5.* is made by the node .*, which is missing/);
    else {
      const note = new RegExp(
        `^linked-value: The input ${name} of the node “${type}” \\(${id}\\) is made by the node 99, which is missing`,
        'gm',
      );
      expect(messages(result()).match(note)).toHaveLength(1);
    }
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

describe('values of a workflow that have another type', () => {
  const read = (sampler: Readonly<Record<string, unknown>>, nodes: Nodes = {}) => {
    const { travel, notes } = imported(workflow(nodes, sampler));
    return { travel, notes: notes.filter(({ key }) => key === 'other-fields').map(({ message }) => message) };
  };

  it('are converted as ComfyUI does', () => {
    const plain = read({ seed: 123, steps: 25, cfg: 7.5 });
    expect(plain.travel).toMatch(/seed: 123\nsteps: 25\n[\s\S]*cfg_scale: 7\.5\n/);
    expect(read({ seed: '123', steps: '25', cfg: '7.5' })).toEqual(plain);
    expect(read({ seed: 123, steps: ' 25 ', cfg: '75e-1' })).toEqual(plain);
    const latent: Nodes = { '3': ['EmptyLatentImage', { width: '640', height: '512', batch_size: '4' }] };
    expect(read({}, latent).travel).toMatch(/frames: 4\n[\s\S]*width: 640\n/);
    const text: Nodes = { '2': ['CLIPTextEncode', { text: 1980, clip: ['1', 1] }] };
    expect(read({}, text).travel).toMatch(/\n1980\n$/);
  });

  it.each(['many', '', '20 steps', '0x'])('are reported if they are no number: %j', (steps) => {
    expect(read({ steps }).notes).toEqual([expect.stringMatching(/^The input steps of .* is not carried over/)]);
  });
});
