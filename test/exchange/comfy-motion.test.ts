import { describe, expect, it } from 'vitest';
import { importTravel } from '../../exchange/import.ts';

type Nodes = Readonly<Record<string, readonly [type: string, inputs: Readonly<Record<string, unknown>>]>>;

const SAMPLING = { seed: 7, steps: 12, cfg: 5, sampler_name: 'euler', scheduler: 'karras', denoise: 1 };
const BASE: Nodes = {
  '1': ['CheckpointLoaderSimple', { ckpt_name: 'a.safetensors' }],
  '3': ['CLIPTextEncode', { text: 'a fox', clip: ['1', 1] }],
  '4': ['CLIPTextEncode', { text: 'blurry', clip: ['1', 1] }],
  '5': ['EmptyLatentImage', { width: 384, height: 256, batch_size: 32 }],
  '6': ['KSampler', { ...SAMPLING, model: ['2', 0], positive: ['3', 0], negative: ['4', 0], latent_image: ['5', 0] }],
  '7': ['VAEDecode', { samples: ['6', 0], vae: ['1', 2] }],
  '8': ['VHS_VideoCombine', { frame_rate: 12, format: 'video/h264-mp4', images: ['7', 0] }],
  '30': ['ADE_MultivalDynamic', { float_val: 1.25 }],
  '31': ['ADE_StandardStaticContextOptions', { context_length: 12, context_overlap: 5, fuse_method: 'flat' }],
  '32': ['ADE_AnimateDiffLoRALoader', { name: 'zoom.safetensors', strength: 0.7 }],
  '40': ['LoadImage', { image: 'face.png' }],
  '41': ['VAEEncode', { pixels: ['40', 0], vae: ['1', 2] }],
  '42': ['ADE_LoadCameraPoses', { pose_filename: 'poses.txt' }],
};
const CONTEXT = { context_options: ['31', 0] };
const STRENGTH = { effect_multival: ['30', 0], motion_lora: ['32', 0] };
const MODEL = { model_name: 'mm.ckpt' };
const ALL_STEPS = { start_percent: 0, end_percent: 1 };

const imported = (nodes: Nodes) => {
  const graph = Object.entries({ ...BASE, ...nodes }).map(([id, [type, inputs]]) => [id, { class_type: type, inputs }]);
  const { travel, notes } = importTravel([{ text: JSON.stringify(Object.fromEntries(graph)) }]);
  return {
    settings: new Map(Array.from(travel.matchAll(/^(\w+): (.*)$/gm), ([, key, value]) => [key!, value!])),
    travel,
    notes: notes
      .filter(({ severity }) => severity === 'warning')
      .map(({ key, message }) => `${key}: ${message}`)
      .join('\n'),
  };
};

/** A node of the second generation that applies a module, which a node loads. */
const secondGeneration = (
  apply: string,
  inputs: Readonly<Record<string, unknown>> = {},
  load: Nodes[string] = ['ADE_LoadAnimateDiffModel', MODEL],
): Nodes => ({
  '2': ['ADE_UseEvolvedSampling', { model: ['1', 0], beta_schedule: 'autoselect', m_models: ['20', 0], ...CONTEXT }],
  '20': [apply, { motion_model: ['21', 0], ...STRENGTH, ...inputs }],
  '21': load,
});

const FIRST = { model: ['1', 0], ...MODEL, beta_schedule: 'autoselect' };
const OWN_CONTEXT = { context_length: 12, context_stride: 1, context_overlap: 5, context_schedule: 'uniform' };

describe('a motion module of AnimateDiff-Evolved', () => {
  it.each<[name: string, nodes: Nodes, notes: RegExp]>([
    ['simple', secondGeneration('ADE_ApplyAnimateDiffModelSimple'), /^$/],
    ['advanced', secondGeneration('ADE_ApplyAnimateDiffModel', ALL_STEPS), /^$/],
    [
      'advanced, in a part of the steps',
      secondGeneration('ADE_ApplyAnimateDiffModel', { start_percent: 0.1, end_percent: 0.8 }),
      /^other-fields: [^\n]*start_percent: 0\.1, end_percent: 0\.8[^\n]*$/,
    ],
    [
      'with another module',
      {
        ...secondGeneration('ADE_ApplyAnimateDiffModel', { ...ALL_STEPS, prev_m_models: ['22', 0] }),
        '22': ['ADE_ApplyAnimateDiffModelSimple', { motion_model: ['23', 0] }],
        '23': ['ADE_LoadAnimateDiffModel', { model_name: 'second.ckpt' }],
      },
      /^other-fields: [^\n]*second\.ckpt \(node 22\)[^\n]*$/,
    ],
    [
      'with the scale of its attention, too',
      {
        ...secondGeneration('ADE_ApplyAnimateDiffModelSimple', { scale_multival: ['33', 0] }),
        '33': ['ADE_MultivalDynamic', { float_val: 0.9 }],
      },
      /^other-fields: The scale of [^\n]* It was: 0\.9$/,
    ],
    [
      'AnimateLCM-I2V',
      secondGeneration('ADE_ApplyAnimateLCMI2VModel', { ...ALL_STEPS, ref_latent: ['41', 0], ref_drift: 0 }, [
        'ADE_LoadAnimateLCMI2VModel',
        MODEL,
      ]),
      /^unknown-node: The input ref_latent [^\n]*\nunknown-node: What the node “VAEEncode” \(41\) gets [^\n]* image: face\.png$/,
    ],
    [
      'with the encoder of AnimateLCM-I2V',
      {
        ...secondGeneration('ADE_ApplyAnimateDiffModelSimple', {}, [
          'ADE_InjectI2VIntoAnimateDiffModel',
          { ...MODEL, motion_model: ['22', 0] },
        ]),
        '22': ['ADE_LoadAnimateLCMI2VModel', { model_name: 'lcm.ckpt' }],
      },
      /^unknown-node: The input motion_model [^\n]*lcm\.ckpt$/,
    ],
    [
      'CameraCtrl',
      secondGeneration('ADE_ApplyAnimateDiffModelWithCameraCtrl', { ...ALL_STEPS, cameractrl_poses: ['42', 0] }, [
        'ADE_LoadAnimateDiffModelWithCameraCtrl',
        { ...MODEL, camera_ctrl: 'camera.ckpt' },
      ]),
      /^camera-motion: [^\n]*camera\.ckpt[^\n]*\nunknown-node: The input cameractrl_poses [^\n]*poses\.txt$/,
    ],
    [
      'PIA',
      secondGeneration('ADE_ApplyAnimateDiffModelWithPIA', { ...ALL_STEPS, image: ['40', 0], vae: ['1', 2] }),
      /^unknown-node: The input image [^\n]*face\.png$/,
    ],
    [
      'without the node that samples',
      {
        '2': ['ADE_ApplyAnimateDiffModelSimple', { model: ['1', 0], motion_model: ['21', 0], ...CONTEXT, ...STRENGTH }],
        '21': ['ADE_LoadAnimateDiffModel', MODEL],
      },
      /^$/,
    ],
    ['first generation', { '2': ['ADE_AnimateDiffLoaderGen1', { ...FIRST, ...CONTEXT, ...STRENGTH }] }, /^$/],
    [
      'first generation, legacy',
      {
        '2': ['ADE_AnimateDiffLoaderWithContext', { ...FIRST, ...CONTEXT, motion_lora: ['32', 0], motion_scale: 1.25 }],
      },
      /^$/,
    ],
  ])('is read with its strength, LoRA and context: %s', (_, nodes, expected) => {
    const { settings, travel, notes } = imported(nodes);
    expect(Object.fromEntries(settings)).toMatchObject({
      checkpoint: 'a.safetensors',
      motion_module: 'mm.ckpt',
      motion_scale: '1.25',
      frames: '32',
      context: '12',
      overlap: '5',
      context_schedule: 'static',
      fuse: 'flat',
    });
    expect(travel).toContain('\na fox <lora:zoom:0.7>\n');
    expect(notes).toMatch(expected);
  });

  it('has the context of the first packages’ advanced loader', () => {
    const { settings } = imported({
      '2': ['ADE_AnimateDiffLoaderV1Advanced', { ...FIRST, latents: ['5', 0], ...OWN_CONTEXT, closed_loop: true }],
    });
    expect(Object.fromEntries(settings)).toMatchObject({
      motion_module: 'mm.ckpt',
      context: '12',
      overlap: '5',
      closed_loop: 'A',
    });
  });

  it('is none if the node that samples has none', () => {
    const { settings, notes } = imported({ '2': ['ADE_UseEvolvedSampling', { model: ['1', 0], ...CONTEXT }] });
    expect(settings.get('motion_module')).toBe('none');
    expect(settings.get('checkpoint')).toBe('a.safetensors');
    expect(notes).toMatch(/^unknown-node: The input context_options [^\n]*$/);
  });

  it('has a strength that is noted if it cannot be read', () => {
    const { settings, notes } = imported({
      ...secondGeneration('ADE_ApplyAnimateDiffModelSimple'),
      '30': ['ADE_MultivalScaledMask', { min_float_val: 0, max_float_val: 1.5, mask: ['40', 1] }],
    });
    expect(settings.has('motion_scale')).toBe(false);
    expect(notes).toMatch(/unknown-node: The node “ADE_MultivalScaledMask” \(30\)[^\n]*max_float_val: 1\.5/);
  });
});
