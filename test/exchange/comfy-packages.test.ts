import { describe, expect, it } from 'vitest';
import { importTravel } from '../../exchange/import.ts';

type Nodes = Readonly<Record<string, readonly [type: string, inputs: Readonly<Record<string, unknown>>]>>;

const imported = (nodes: Nodes) => {
  const graph = Object.entries(nodes).map(([id, [type, inputs]]) => [id, { class_type: type, inputs }]);
  const { travel, notes } = importTravel([{ text: JSON.stringify(Object.fromEntries(graph)) }]);
  return { travel, notes: notes.map(({ key, message }) => `${key}: ${message}`).join('\n') };
};

const SAMPLING = { seed: 7, steps: 12, cfg: 5, sampler_name: 'lcm', scheduler: 'sgm_uniform', denoise: 1 };
const BASE: Nodes = {
  '1': ['CheckpointLoaderSimple', { ckpt_name: 'a.safetensors' }],
  '2': ['ADE_AnimateDiffLoaderGen1', { model_name: 'mm.ckpt', beta_schedule: 'autoselect', model: ['1', 0] }],
  '3': ['CLIPTextEncode', { text: 'a fox', clip: ['1', 1] }],
  '4': ['CLIPTextEncode', { text: 'blurry', clip: ['1', 1] }],
  '5': ['EmptyLatentImage', { width: 384, height: 256, batch_size: 12 }],
  '6': ['KSampler', { ...SAMPLING, model: ['2', 0], positive: ['3', 0], negative: ['4', 0], latent_image: ['5', 0] }],
  '7': ['VAEDecode', { samples: ['6', 0], vae: ['1', 2] }],
  '8': ['VHS_VideoCombine', { frame_rate: 12, format: 'video/h264-mp4', images: ['7', 0] }],
};
const [, SAMPLER] = BASE['6']!;
const [, OUTPUT] = BASE['8']!;
const EXPECTED = imported(BASE);

describe('nodes of packages', () => {
  it('are contexts, switches and pipes that pass on what they get', () => {
    const passed = imported({
      ...BASE,
      '20': ['Context (rgthree)', { model: ['2', 0], positive: ['3', 0] }],
      '21': ['Context (rgthree)', { base_ctx: ['20', 0], negative: ['4', 0] }],
      '22': ['Any Switch (rgthree)', { any_02: ['21', 1] }],
      '23': ['ToBasicPipe', { model: ['22', 0], positive: ['21', 4], negative: ['21', 5] }],
      '24': ['FromBasicPipe', { basic_pipe: ['23', 0] }],
      '6': ['KSampler', { ...SAMPLER, model: ['24', 0], positive: ['24', 3], negative: ['24', 4] }],
    });
    expect(passed).toEqual(EXPECTED);
  });

  it('are stacks of LoRAs, also of a loader that has prompts', () => {
    const loader = {
      ckpt_name: 'a.safetensors',
      vae_name: 'Baked VAE',
      clip_skip: -1,
      lora_name: 'None',
      positive: 'a fox',
      negative: 'blurry',
      empty_latent_width: 384,
      empty_latent_height: 256,
      batch_size: 12,
      lora_stack: ['21', 0],
    };
    const stacked = imported({
      '1': ['Efficient Loader', loader],
      '2': ['ADE_AnimateDiffLoaderGen1', { model_name: 'mm.ckpt', beta_schedule: 'autoselect', model: ['1', 0] }],
      '6': [
        'KSampler',
        { ...SAMPLING, model: ['2', 0], positive: ['1', 1], negative: ['1', 2], latent_image: ['1', 3] },
      ],
      '7': ['VAEDecode', { samples: ['6', 0], vae: ['1', 4] }],
      '8': BASE['8']!,
      '20': ['easy loraStack', { toggle: true, mode: 'simple', num_loras: 1, lora_1_name: 'b.pt', lora_1_strength: 2 }],
      '21': [
        'LoRA Stacker',
        {
          input_mode: 'advanced',
          lora_count: 1,
          lora_name_1: 'c.pt',
          model_str_1: 0.5,
          clip_str_1: 0.25,
          lora_name_2: 'unused.pt',
          lora_stack: ['20', 0],
        },
      ],
    });
    expect(stacked.travel).toMatch(/\na fox <lora:b:2> <lora:c:0\.25:0\.5>\n/);
    expect(stacked.notes).toBe(EXPECTED.notes);
  });

  it('are what LCM implies, and FreeU', () => {
    const sampled = (inputs: object, type = 'ModelSamplingDiscrete'): Nodes => ({
      ...BASE,
      '2': ['ADE_AnimateDiffLoaderGen1', { ...BASE['2']![1], model: ['20', 0] }],
      '20': [type, { ...inputs, model: ['1', 0] }],
    });
    expect(imported(sampled({ sampling: 'lcm', zsnr: false }))).toEqual(EXPECTED);
    for (const inputs of [
      { sampling: 'v_prediction', zsnr: false },
      { sampling: 'lcm', zsnr: true },
    ])
      expect(imported(sampled(inputs)).notes).toMatch(/unknown-node: .*ModelSamplingDiscrete/);
    const freeU = imported(sampled({ b1: 1.1, b2: 1.2, s1: 0.9, s2: 0.2 }, 'FreeU'));
    expect(freeU.travel).toContain('freeu: {b1: 1.1, b2: 1.2, s1: 0.9, s2: 0.2}\n');
    expect(freeU.notes).toBe(EXPECTED.notes);
    expect(imported(sampled({ b1: 1.1 }, 'FreeU_V2')).notes).toMatch(/unknown-node: .*FreeU_V2/);
  });
});

describe('what a workflow shows', () => {
  it('is the animation, not the still image that another sampler makes for it', () => {
    const { travel, notes } = imported({
      '20': ['KSampler', { ...SAMPLER, model: ['1', 0], seed: 99 }],
      '21': ['VAEDecode', { samples: ['20', 0], vae: ['1', 2] }],
      '22': ['IPAdapterAdvanced', { weight: 0.8, image: ['21', 0], model: ['1', 0] }],
      ...BASE,
      '2': ['ADE_AnimateDiffLoaderGen1', { ...BASE['2']![1], model: ['22', 0] }],
    });
    expect(travel).toBe(EXPECTED.travel);
    expect(notes).toMatch(/second-pass: .*node 20/);
    expect(notes).toMatch(/ip-adapter: .*weight 0\.8/);
  });

  it('is what is saved, and others are reported', () => {
    const { travel, notes } = imported({
      ...BASE,
      '8': ['VHS_VideoCombine', { ...OUTPUT, save_output: false }],
      '9': ['VHS_VideoCombine', { ...OUTPUT, frame_rate: 30, images: ['20', 0] }],
      '20': ['ReActorFaceSwap', { input_image: ['7', 0] }],
    });
    expect(travel).toContain('fps: 30\n');
    expect(notes).toMatch(/unknown-node: .*ReActorFaceSwap/);
    const reversed = imported({
      ...BASE,
      '9': ['VHS_VideoCombine', { ...OUTPUT, images: ['20', 0] }],
      '20': ['Blur', { image: ['7', 0] }],
    });
    expect(reversed.notes).toMatch(/other-fields: .*further outputs.*node 9 .*Blur/);
  });

  it('does not take what a second pass gets for a change of the first one', () => {
    const { notes } = imported({
      ...BASE,
      '20': ['ControlNetApplyAdvanced', { positive: ['3', 0], negative: ['4', 0], image: ['7', 0], strength: 1 }],
      '21': ['KSampler', { ...SAMPLER, denoise: 0.5, positive: ['20', 0], latent_image: ['6', 0] }],
      '22': ['VAEDecode', { samples: ['21', 0], vae: ['1', 2] }],
      '8': ['VHS_VideoCombine', { ...OUTPUT, images: ['22', 0] }],
    });
    expect(notes).toMatch(/second-pass/);
    expect(notes).not.toMatch(/unknown-node/);
  });

  it('has the sound of the video that it follows, and reports other sound', () => {
    const [video, file] = [
      ['VHS_LoadVideo', { video: 'a.mp4' }],
      ['VHS_LoadAudio', { audio_file: 'b.mp3' }],
    ] as const;
    const sound = (loader: Nodes[string]) =>
      imported({ ...BASE, '8': ['VHS_VideoCombine', { ...OUTPUT, audio: ['20', 2] }], '20': loader });
    expect(sound(video).travel).toContain('audio: keep\n');
    expect(sound(file).travel).not.toContain('audio');
    expect(sound(file).notes).toMatch(/other-fields: The sound .*b\.mp3/);
  });

  it('has no size that another node makes', () => {
    const { travel, notes } = imported({
      ...BASE,
      '5': ['EmptyLatentImage', { width: ['20', 0], height: ['20', 1], batch_size: 12 }],
      '20': ['GetImageSize', { image: ['21', 0] }],
      '21': ['LoadImage', { image: 'a.png' }],
    });
    expect(travel).not.toMatch(/width|height/);
    expect(notes).toMatch(/linked-value: The input width/);
  });
});

it('prompts for both text encoders of SDXL are one here', () => {
  const encoded = (text: string) =>
    imported({ ...BASE, '3': ['CLIPTextEncodeSDXL', { text_g: 'a fox', text_l: text, clip: ['1', 1] }] });
  expect(encoded('a fox')).toEqual(EXPECTED);
  expect(encoded('a wolf').travel).toBe(EXPECTED.travel);
  expect(encoded('a wolf').notes).toMatch(/other-fields: .*a wolf/);
});

it('the preprocessor of coarse lines, and one that is chosen by name', () => {
  const unit = (node: Nodes[string]) =>
    imported({
      ...BASE,
      '20': ['LoadImage', { image: 'a.png' }],
      '21': node,
      '22': ['ControlNetLoader', { control_net_name: 'net.pth' }],
      '23': [
        'ControlNetApplyAdvanced',
        { positive: ['3', 0], negative: ['4', 0], control_net: ['22', 0], image: ['21', 0], strength: 1 },
      ],
      '6': ['KSampler', { ...SAMPLER, positive: ['23', 0], negative: ['23', 1] }],
    }).travel;
  const image = ['20', 0];
  expect(unit(['LineArtPreprocessor', { coarse: 'enable', image }])).toContain('preprocessor: lineart_coarse');
  expect(unit(['LineArtPreprocessor', { coarse: 'disable', image }])).toContain('preprocessor: lineart_realistic');
  expect(unit(['AIO_Preprocessor', { preprocessor: 'DepthAnythingV2Preprocessor', image }])).toContain(
    'preprocessor: depth_anything_v2',
  );
});
