import { describe, expect, it } from 'vitest';
import { importTravel } from '../../exchange/import.ts';

type Inputs = Readonly<Record<string, unknown>>;

/** A clip of AnimateDiff-Evolved's second generation. */
function imported({ apply, sampling, seed = 100 }: { apply?: Inputs; sampling?: Inputs; seed?: unknown }) {
  const multival = (float_val: number) => ({ class_type: 'ADE_MultivalDynamic', inputs: { float_val } });
  const settings = { noise_type: 'default', ...sampling };
  const graph = {
    '1': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'a.safetensors' } },
    '2': { class_type: 'ADE_LoadAnimateDiffModel', inputs: { model_name: 'mm.ckpt' } },
    '3': {
      class_type: 'ADE_ApplyAnimateDiffModel',
      inputs: { motion_model: ['2', 0], start_percent: 0, end_percent: 1, ...apply },
    },
    '4': {
      class_type: 'ADE_UseEvolvedSampling',
      inputs: { model: ['1', 0], m_models: ['3', 0], sample_settings: ['5', 0] },
    },
    '5': { class_type: 'ADE_AnimateDiffSamplingSettings', inputs: settings },
    '6': { class_type: 'CLIPTextEncode', inputs: { text: 'a fox', clip: ['1', 1] } },
    '7': { class_type: 'EmptyLatentImage', inputs: { width: 512, height: 512, batch_size: 16 } },
    '8': {
      class_type: 'KSampler',
      inputs: { seed, model: ['4', 0], positive: ['6', 0], latent_image: ['7', 0], scheduler: 'normal' },
    },
    '9': { class_type: 'VHS_VideoCombine', inputs: { images: ['10', 0], format: 'image/gif' } },
    '10': { class_type: 'VAEDecode', inputs: { samples: ['8', 0], vae: ['1', 2] } },
    '20': multival(0.5),
    '21': multival(1.2),
  };
  const { travel, notes } = importTravel([{ text: JSON.stringify(graph) }]);
  const value = (key: string) => new RegExp(`^${key}: (.*)$`, 'm').exec(travel)?.[1];
  return {
    seed: value('seed'),
    scale: value('motion_scale'),
    notes: notes.map(({ message }) => message).filter((message) => !/same seed/.test(message)),
  };
}

describe('a motion module', () => {
  const acts = (start: number, end: number) =>
    `The motion module acts in a part of the steps there (node 3, start_percent: ${start}, end_percent: ${end}). Here it acts in all of them.`;
  const scaled =
    'The scale of the motion module’s attention (node 3) is not available beside its effect, which is `motion_scale`. It was: 1.2';

  it.each<[Inputs, scale: string | undefined, notes: string[]]>([
    [{}, undefined, []],
    [{ start_percent: 0.25 }, undefined, [acts(0.25, 1)]],
    [{ end_percent: 0.75 }, undefined, [acts(0, 0.75)]],
    [{ effect_multival: ['20', 0] }, '0.5', []],
    [{ scale_multival: ['21', 0] }, '1.2', []],
    [{ scale_multival: ['21', 0], effect_multival: ['20', 0] }, '0.5', [scaled]],
    [{ scale_multival: ['21', 0], effect_multival: ['21', 0] }, '1.2', [scaled]],
    [{ start_percent: 0.1, end_percent: 0.9, effect_multival: ['20', 0] }, '0.5', [acts(0.1, 0.9)]],
  ])('acts when and as its node says, in a note: %j', (apply, scale, notes) => {
    const result = imported({ apply });
    expect(result.scale).toBe(scale);
    expect(result.notes).toEqual(notes);
  });
});

describe('offsets of the noise', () => {
  it.each<[Inputs, seed: string, notes: string[]]>([
    [{ seed_gen: 'auto1111' }, '100', []],
    [{ seed_gen: 'auto1111', seed_offset: 3 }, '103', []],
    [{ seed_gen: 'auto1111', batch_offset: 2 }, '102', []],
    [{ seed_gen: 'auto1111', seed_offset: 3, batch_offset: 2 }, '105', []],
    [{ seed_gen: 'auto1111', seed_offset: -40 }, '60', []],
    [{ seed_gen: 'auto1111', seed_offset: -101 }, '100', ['The offset -101 of the seed is not carried over.']],
    [{ seed_gen: 'comfy', seed_offset: 3 }, '103', []],
    [
      { seed_gen: 'comfy', batch_offset: 2 },
      '100',
      ['batch_offset: 2 of node 5, which skips noise, is not carried over.'],
    ],
  ])('are offsets of the seed: %j', (sampling, seed, notes) => {
    expect(imported({ sampling })).toMatchObject({ seed, notes });
  });

  it('are noted if the seed is not a number', () => {
    const { notes } = imported({ sampling: { seed_gen: 'auto1111', seed_offset: 3 }, seed: ['99', 0] });
    expect(notes).toContain('The offset 3 of the seed is not carried over.');
  });
});
