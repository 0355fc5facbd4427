import { describe, expect, it } from 'vitest';
import { importTravel } from '../../exchange/import.ts';

type Nodes = Readonly<Record<string, readonly [type: string, inputs: Readonly<Record<string, unknown>>]>>;

const imported = (nodes: Nodes) => {
  const graph = Object.entries(nodes).map(([id, [type, inputs]]) => [id, { class_type: type, inputs }]);
  const { travel, notes } = importTravel([{ text: JSON.stringify(Object.fromEntries(graph)) }]);
  return { travel, notes: notes.map(({ key, message }) => `${key}: ${message}`).join('\n') };
};

const SAMPLING = { seed: 7, steps: 12, cfg: 5, sampler_name: 'euler', scheduler: 'karras', denoise: 1 };
const MODEL: Nodes = {
  '1': ['CheckpointLoaderSimple', { ckpt_name: 'a.safetensors' }],
  '2': ['ADE_AnimateDiffLoaderGen1', { model_name: 'mm.ckpt', beta_schedule: 'autoselect', model: ['1', 0] }],
  '3': ['CLIPTextEncode', { text: 'a fox', clip: ['1', 1] }],
  '4': ['CLIPTextEncode', { text: 'blurry', clip: ['1', 1] }],
};
const LATENTS: Nodes = { '5': ['EmptyLatentImage', { width: 384, height: 256, batch_size: 12 }] };
const CONDITIONED = { model: ['2', 0], positive: ['3', 0], negative: ['4', 0] };
const SAMPLER: Nodes = { '6': ['KSampler', { ...SAMPLING, ...CONDITIONED, latent_image: ['5', 0] }] };
const OUTPUT: Nodes = {
  '7': ['VAEDecode', { samples: ['6', 0], vae: ['1', 2] }],
  '8': ['VHS_VideoCombine', { frame_rate: 12, format: 'video/h264-mp4', images: ['7', 0] }],
};

describe('nodes that combine several of ComfyUI’s', () => {
  it('are a loader with a LoRA, prompts and latents, and a sampler that decodes, of Efficiency Nodes', () => {
    const { travel, notes } = imported({
      '1': [
        'Efficient Loader',
        {
          ckpt_name: 'a.safetensors',
          vae_name: 'v.safetensors',
          clip_skip: -2,
          lora_name: 'film.safetensors',
          lora_model_strength: 0.8,
          lora_clip_strength: 0.5,
          positive: 'a fox',
          negative: 'blurry',
          empty_latent_width: 384,
          empty_latent_height: 256,
          batch_size: 12,
        },
      ],
      '2': ['ADE_AnimateDiffLoaderGen1', { model_name: 'mm.ckpt', beta_schedule: 'autoselect', model: ['1', 0] }],
      '3': [
        'KSampler (Efficient)',
        {
          ...SAMPLING,
          model: ['2', 0],
          positive: ['1', 1],
          negative: ['1', 2],
          latent_image: ['1', 3],
          optional_vae: ['1', 4],
        },
      ],
      '4': ['VHS_VideoCombine', { frame_rate: 12, format: 'video/h264-mp4', images: ['3', 5] }],
    });
    for (const line of ['frames: 12', 'vae: v.safetensors', 'clip_skip: 2', 'width: 384', 'seed: 7', 'steps: 12']) {
      expect(travel).toContain(`${line}\n`);
    }
    expect(travel).toContain('\na fox <lora:film:0.5:0.8>\n');
    expect(travel).toContain('negative_prompt: blurry\n');
    expect(notes).not.toMatch(/unknown-node|second-pass/);
  });

  it('are samplers that pass on what they get', () => {
    const first = { ...SAMPLING, ...CONDITIONED, latent_image: ['5', 0] };
    const { travel, notes } = imported({
      ...MODEL,
      ...LATENTS,
      '6': ['KSampler (Efficient)', first],
      '9': [
        'KSampler (Efficient)',
        { ...SAMPLING, seed: 8, model: ['6', 0], positive: ['6', 1], negative: ['6', 2], latent_image: ['6', 3] },
      ],
      '8': ['VHS_VideoCombine', { frame_rate: 12, format: 'video/h264-mp4', images: ['9', 5] }],
    });
    expect(travel).toContain('seed: 7\n');
    expect(travel).toContain('motion_module: mm.ckpt\n');
    expect(notes).toMatch(/second-pass: .*9/);
  });

  it('are samplers whose sampler, steps, noise and guider are nodes of their own', () => {
    const parts: Nodes = {
      '10': ['KSamplerSelect', { sampler_name: 'euler' }],
      '11': ['BasicScheduler', { scheduler: 'karras', steps: 12, denoise: 1, model: ['2', 0] }],
      '12': ['RandomNoise', { noise_seed: 7 }],
      '13': ['CFGGuider', { cfg: 5, ...CONDITIONED }],
    };
    const links = { sampler: ['10', 0], sigmas: ['11', 0], latent_image: ['5', 0] };
    const custom: Nodes = {
      '6': ['SamplerCustom', { add_noise: true, noise_seed: 7, cfg: 5, ...CONDITIONED, ...links }],
    };
    const advanced: Nodes = { '6': ['SamplerCustomAdvanced', { noise: ['12', 0], guider: ['13', 0], ...links }] };
    const expected = imported({ ...MODEL, ...LATENTS, ...SAMPLER, ...OUTPUT });
    for (const sampler of [custom, advanced]) {
      expect(imported({ ...MODEL, ...LATENTS, ...parts, ...sampler, ...OUTPUT })).toEqual(expected);
    }
  });
});

describe('a prompt of zeros', () => {
  const zero = (from: string): Nodes[string] => ['ConditioningZeroOut', { conditioning: [from, 0] }];
  const controlNet = (positive: string, negative: string): Nodes => ({
    '20': ['ControlNetLoader', { control_net_name: 'canny.safetensors' }],
    '21': ['LoadImage', { image: 'a.png' }],
    '22': [
      'ControlNetApplyAdvanced',
      { strength: 1, control_net: ['20', 0], image: ['21', 0], positive: [positive, 0], negative: [negative, 0] },
    ],
  });
  const sampled = (positive: readonly unknown[], negative: readonly unknown[]): Nodes => ({
    '6': ['KSampler', { ...SAMPLING, model: ['2', 0], positive, negative, latent_image: ['5', 0] }],
  });
  const schedule: Nodes = {
    '3': ['BatchPromptSchedule', { text: '"0": "a fox", "8": "a wolf --neg day"', max_frames: 12, clip: ['1', 1] }],
  };

  it.each<[string, Nodes]>([
    ['that of the positive one', { '9': zero('3'), ...sampled(['3', 0], ['9', 0]) }],
    ['that of the negative one', { '9': zero('4'), ...sampled(['3', 0], ['9', 0]) }],
    ['that of another one', { '9': zero('10'), '10': zero('4'), ...sampled(['3', 0], ['9', 0]) }],
    ['that of a schedule', { ...schedule, '9': zero('3'), ...sampled(['3', 0], ['9', 0]) }],
    ['before a ControlNet', { '9': zero('3'), ...controlNet('3', '9'), ...sampled(['22', 0], ['22', 1]) }],
    ['after a ControlNet', { '9': zero('22'), ...controlNet('3', '4'), ...sampled(['22', 0], ['9', 0]) }],
  ])('is an empty negative prompt: %s', (_, nodes) => {
    const { travel, notes } = imported({ ...MODEL, ...LATENTS, ...nodes, ...OUTPUT });
    expect(travel).toContain('a fox');
    expect(travel).not.toContain('negative_prompt');
    expect(notes).toContain('The node “ConditioningZeroOut” (9) makes a prompt of zeros');
    expect(notes).not.toContain('changes the result and is not known');
  });

  it('is an empty positive prompt', () => {
    const { travel, notes } = imported({
      ...MODEL,
      ...LATENTS,
      '9': zero('3'),
      ...sampled(['9', 0], ['4', 0]),
      ...OUTPUT,
    });
    expect(travel).not.toContain('a fox');
    expect(travel).toContain('negative_prompt: blurry\n');
    expect(notes).toContain('(9) makes a prompt of zeros');
  });
});

describe('what nodes have that are left out', () => {
  const text = (words: string): Nodes[string] => ['CLIPTextEncode', { text: words, clip: ['1', 1] }];
  const sampled = (positive: string, more: object = {}): Nodes => ({
    '6': [
      'KSampler',
      { ...SAMPLING, model: ['2', 0], positive: [positive, 0], negative: ['4', 0], latent_image: ['5', 0], ...more },
    ],
  });
  const joined = (type: string, first: string, second: string): Nodes => ({
    '9': [type, { [first]: ['3', 0], [second]: ['10', 0], conditioning_to_strength: 0.5 }],
    '10': text('golden hour'),
    ...sampled('9'),
  });
  const long = 'golden hour, '.repeat(60);

  it.each<[string, Nodes, quoted: string]>([
    [
      'Concat',
      joined('ConditioningConcat', 'conditioning_to', 'conditioning_from'),
      '“CLIPTextEncode” (10), text: golden hour',
    ],
    ['Combine', joined('ConditioningCombine', 'conditioning_1', 'conditioning_2'), 'text: golden hour'],
    ['Average', joined('ConditioningAverage', 'conditioning_to', 'conditioning_from'), 'text: golden hour'],
    [
      'Combine of a Combine',
      {
        ...joined('ConditioningCombine', 'conditioning_1', 'conditioning_2'),
        '10': ['ConditioningCombine', { conditioning_1: ['11', 0], conditioning_2: ['12', 0] }],
        '11': text('golden hour'),
        '12': text('mist'),
      },
      '“CLIPTextEncode” (11), text: golden hour; “CLIPTextEncode” (12), text: mist',
    ],
    [
      'a schedule of texts',
      {
        '3': ['CLIPTextEncode', { text: ['9', 0], clip: ['1', 1] }],
        '9': ['StringSchedule', { text: '"0": "a",\n"8": "b"', max_frames: 12 }],
        ...sampled('3'),
      },
      'text: "0": "a", "8": "b"',
    ],
    [
      'joined texts',
      {
        '3': ['CLIPTextEncode', { text: ['9', 0], clip: ['1', 1] }],
        '9': ['JWStringConcat', { a: ['10', 0], b: 'hdr' }],
        '10': ['JWString', { text: 'photo' }],
        ...sampled('3'),
      },
      'b: hdr',
    ],
    [
      'texts behind them',
      {
        '3': ['CLIPTextEncode', { text: ['9', 0], clip: ['1', 1] }],
        '9': ['JWStringConcat', { a: ['10', 0], b: ['11', 0] }],
        '10': ['JWString', { text: 'photo' }],
        '11': ['SomeText', { from: ['12', 0] }],
        '12': ['SomeWords', { words: 'golden hour' }],
        ...sampled('3'),
      },
      'words: golden hour',
    ],
    [
      'a schedule of a number',
      { '9': ['BatchValueSchedule', { text: '0:(7), 16:(3)', max_frames: 32 }], ...sampled('3', { cfg: ['9', 0] }) },
      'text: 0:(7), 16:(3), max_frames: 32',
    ],
    [
      'a long text',
      { ...joined('ConditioningConcat', 'conditioning_to', 'conditioning_from'), '10': text(long) },
      long.trim(),
    ],
    [
      'a negative part that is not used',
      {
        '3': [
          'BatchPromptSchedule',
          { text: '"0": "a --neg rain", "8": "b --neg snow"', max_frames: 12, clip: ['1', 1] },
        ],
        ...sampled('3'),
      },
      'It was: 0: rain | 8: snow',
    ],
  ])('is in a note, as of %s', (_, nodes, quoted) => {
    expect(imported({ ...MODEL, ...LATENTS, ...nodes, ...OUTPUT }).notes).toContain(quoted);
  });

  it('is in one note each', () => {
    const { notes } = imported({
      ...MODEL,
      ...LATENTS,
      ...joined('ConditioningCombine', 'conditioning_1', 'conditioning_2'),
      '13': ['ConditioningCombine', { conditioning_1: ['9', 0], conditioning_2: ['10', 0] }],
      ...sampled('13'),
      ...OUTPUT,
    });
    expect(notes.match(/golden hour/g)).toHaveLength(1);
  });
});

describe('what a clip starts from', () => {
  it('is a video or an image also behind nodes that scale it', () => {
    const images = (loader: Nodes['1']): Nodes => ({
      '9': loader,
      '10': ['ImageScale', { upscale_method: 'area', width: 640, height: 360, crop: 'disabled', image: ['9', 0] }],
      '5': ['VAEEncode', { pixels: ['10', 0], vae: ['1', 2] }],
    });
    const video = imported({
      ...MODEL,
      ...images(['VHS_LoadVideo', { video: 'street.mp4', frame_load_cap: 40 }]),
      ...SAMPLER,
      ...OUTPUT,
    });
    expect(video.travel).toMatch(/frames: 40\n[\s\S]*width: 640\nheight: 360\n/);
    expect(video.notes).toMatch(/video-input: .*street\.mp4/);
    const image = imported({ ...MODEL, ...images(['LoadImage', { image: 'a.png' }]), ...SAMPLER, ...OUTPUT });
    expect(image.travel).toMatch(/init_image: a\.png\n/);
  });

  it('has the length of a video that another node counts, and an assumed length if nothing says it', () => {
    const counted = imported({
      ...MODEL,
      '9': ['VHS_LoadVideo', { video: 'street.mp4', frame_load_cap: 40 }],
      '10': ['ImageSizeAndBatchSize', { image: ['9', 0] }],
      '5': ['EmptyLatentImage', { width: 512, height: 512, batch_size: ['10', 2] }],
      ...SAMPLER,
      ...OUTPUT,
    });
    expect(counted.travel).toContain('frames: 40\n');
    expect(counted.notes).toMatch(/video-input: .*street\.mp4/);
    const unknown = imported({ ...MODEL, '5': ['LatentFromSomewhere', {}], ...SAMPLER, ...OUTPUT });
    expect(unknown.notes).toMatch(/linked-value: .*frames: 16/);
  });
});

describe('nodes of the first AnimateDiff packages', () => {
  it('are loaders that pass latents on, combine nodes, and videos whose frames are counted', () => {
    const { travel, notes } = imported({
      ...MODEL,
      '2': ['AnimateDiffLoaderV1', { model_name: 'mm.ckpt', model: ['1', 0], latents: ['5', 0] }],
      '5': ['EmptyLatentImage', { width: 384, height: 256, batch_size: ['9', 1] }],
      '9': ['LoadVideo', { video: 'pose.gif', upload: 'image', frame_start: 0, frame_limit: 24 }],
      '6': ['KSampler', { ...SAMPLING, ...CONDITIONED, latent_image: ['2', 1] }],
      '7': ['VAEDecode', { samples: ['6', 0], vae: ['1', 2] }],
      '8': ['ADE_AnimateDiffCombine', { frame_rate: 9, loop_count: 2, format: 'image/gif', images: ['7', 0] }],
    });
    for (const line of ['frames: 24', 'fps: 9', 'loop: 2', 'motion_module: mm.ckpt', 'save: [gif]'])
      expect(travel).toContain(`${line}\n`);
    expect(notes).not.toMatch(/unknown-node|linked-value/);
  });
});

it('the editor picks from choices when it queues a workflow; what was queued has none', () => {
  const text = 'a {red|blue} fox, {{old}}';
  expect(
    imported({ ...MODEL, '3': ['CLIPTextEncode', { text, clip: ['1', 1] }], ...LATENTS, ...SAMPLER, ...OUTPUT }).travel,
  ).toContain('a \\{red|blue\\} fox');
  const nodes = [
    { id: 1, type: 'CLIPTextEncode', outputs: [{ name: 'C', type: 'CONDITIONING' }], widgets_values: [text] },
    {
      id: 2,
      type: 'KSampler',
      inputs: [{ name: 'positive', type: 'CONDITIONING', link: 1 }],
      outputs: [{ name: 'L', type: 'LATENT' }],
      widgets_values: [1, 'fixed', 9, 7, 'euler', 'normal', 1],
    },
    {
      id: 3,
      type: 'VAEDecode',
      inputs: [{ name: 'samples', type: 'LATENT', link: 2 }],
      outputs: [{ name: 'I', type: 'IMAGE' }],
    },
    { id: 4, type: 'SaveImage', inputs: [{ name: 'images', type: 'IMAGE', link: 3 }], widgets_values: ['x'] },
  ];
  const links = [
    [1, 1, 0, 2, 0, 'CONDITIONING'],
    [2, 2, 0, 3, 0, 'LATENT'],
    [3, 3, 0, 4, 0, 'IMAGE'],
  ];
  expect(importTravel([{ text: JSON.stringify({ nodes, links }) }]).travel).toContain('a {red|blue} fox, old');
});

describe('nothing is dropped in silence', () => {
  it('of the videos that ControlNets follow', () => {
    const unit = (positive: string, file: string): Nodes => ({
      [`c${file}`]: [
        'ControlNetApplyAdvanced',
        { positive: [positive, 0], negative: ['4', 0], control_net: ['20', 0], image: [`v${file}`, 0], strength: 0.5 },
      ],
      [`v${file}`]: ['VHS_LoadVideo', { video: `${file}.mp4` }],
      '20': ['ControlNetLoader', { control_net_name: 'net.safetensors' }],
    });
    const sampled = (positive: string): Nodes => ({
      '6': ['KSampler', { ...SAMPLING, ...CONDITIONED, positive: [positive, 0], latent_image: ['5', 0] }],
    });
    const one = imported({ ...MODEL, ...LATENTS, ...unit('3', 'a'), ...sampled('ca'), ...OUTPUT });
    expect(one.travel).toContain('video: {source: a.mp4}\n');
    const two = imported({ ...MODEL, ...LATENTS, ...unit('3', 'a'), ...unit('ca', 'b'), ...sampled('cb'), ...OUTPUT });
    expect(two.travel).toMatch(/controlnet:\n.*video: a\.mp4\}\n.*video: b\.mp4\}\n/);
  });

  it('of the nodes that the clip depends on', () => {
    const { notes } = imported({
      ...MODEL,
      '2': [
        'ADE_AnimateDiffLoaderGen1',
        { model_name: 'mm.ckpt', beta_schedule: 'autoselect', model: ['1', 0], ad_keyframes: ['20', 0] },
      ],
      '20': ['ADE_AnimateDiffKeyframe', { start_percent: 0.3 }],
      ...LATENTS,
      ...SAMPLER,
      ...OUTPUT,
    });
    expect(notes).toMatch(/unknown-node: .*ad_keyframes.*ADE_AnimateDiffKeyframe.*start_percent: 0\.3/);
  });

  it('of a text encoder’s layer that only one prompt has', () => {
    const { notes } = imported({
      ...MODEL,
      '4': ['CLIPTextEncode', { text: 'blurry', clip: ['20', 0] }],
      '20': ['CLIPSetLastLayer', { stop_at_clip_layer: -14, clip: ['1', 1] }],
      ...LATENTS,
      ...SAMPLER,
      ...OUTPUT,
    });
    expect(notes).toMatch(/other-fields: .*stop_at_clip_layer.*-14/);
  });
});

it('sides are multiples of 8, as the tools make them, and numbers are as people write them', () => {
  const { travel, notes } = importTravel([
    {
      text: '{"animation_mode": "2D", "W": 321, "H": 569, "prompts": {"0": "a"}, "cfg_scale_schedule": "0: (0.1+0.2)"}',
    },
  ]);
  expect(travel).toMatch(/width: 320\nheight: 568\n/);
  expect(travel).toContain('cfg_scale: 0.3\n');
  expect(notes.map(({ message }) => message).join('\n')).toMatch(/width: 321 is 320 and height: 569 is 568/);
});
