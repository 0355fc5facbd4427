import { describe, expect, it } from 'vitest';
import { importTravel } from '../../exchange/import.ts';
import { meaningOf } from './meaning.ts';

const workflow = (file: string, type: string): string =>
  JSON.stringify({
    '1': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'a' } },
    '2': { class_type: type, inputs: { lora_name: file, strength_model: 0.7, strength_clip: 0.7, model: ['1', 0] } },
    '3': { class_type: 'ADE_AnimateDiffLoaderGen1', inputs: { model_name: 'mm', model: ['2', 0] } },
    '4': { class_type: 'CLIPTextEncode', inputs: { text: 'x' } },
    '5': { class_type: 'KSampler', inputs: { model: ['3', 0], positive: ['4', 0], seed: 1 } },
    '6': { class_type: 'SaveImage', inputs: { images: ['5', 0] } },
  });

const motion = (file: string): string =>
  JSON.stringify({
    '1': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'a' } },
    '2': { class_type: 'ADE_AnimateDiffLoRALoader', inputs: { name: file, strength: 0.7 } },
    '3': {
      class_type: 'ADE_AnimateDiffLoaderGen1',
      inputs: { model_name: 'mm', model: ['1', 0], motion_lora: ['2', 0] },
    },
    '4': { class_type: 'CLIPTextEncode', inputs: { text: 'x' } },
    '5': { class_type: 'KSampler', inputs: { model: ['3', 0], positive: ['4', 0], seed: 1 } },
    '6': { class_type: 'SaveImage', inputs: { images: ['5', 0] } },
  });

const cli = (loras: object) => JSON.stringify({ prompt_map: { '0': 'x', '8': 'y' }, ...loras });

/** Files that use a LoRA with the weight 0.7, by what names it. */
const SOURCES: Readonly<Record<string, (file: string) => string>> = {
  lora_map: (file) => cli({ lora_map: { [file]: 0.7 } }),
  motion_lora_map: (file) => cli({ motion_lora_map: { [file]: 0.7 } }),
  'a weight that travels': (file) => cli({ lora_map: { [file]: { region: [], scale: { '0': 0.7, '8': 0.7 } } } }),
  'a weight at other frames': (file) => cli({ lora_map: { [file]: { region: [], scale: { '3': 0.7 } } } }),
  LoraLoader: (file) => workflow(file, 'LoraLoader'),
  LoraLoaderModelOnly: (file) => workflow(file, 'LoraLoaderModelOnly'),
  'a motion LoRA': motion,
};

const imported = (text: string) => {
  const { travel, notes } = importTravel([{ text }]);
  return { travel, notes: notes.filter(({ key }) => key === 'lora-name').map(({ message }) => message) };
};

describe.each(Object.entries(SOURCES))('a LoRA of %s', (_, source) => {
  it.each([
    'a b',
    'a,b',
    'a<b',
    'a=b=c',
    '{a|b}',
    '{a}',
    'a|b',
    'a$b',
    '$a b',
    'a__b__c',
    '__b__',
    'a #b',
    '(a) [b]',
    '[a]',
    '"a"',
    'a --neg b',
    'é',
    '1',
  ])('with the name %j keeps it', (name) => {
    const { travel, notes } = imported(source(`folder/${name}.safetensors`));
    expect(notes).toEqual([]);
    expect([...meaningOf(travel).loras.keys()]).toEqual([name]);
  });

  it.each(['a b:c', 'a>b', 'a=b', 'a:0.5', 'a\nb', '>', ''])('with the name %j is left out with a note', (name) => {
    const { travel, notes } = imported(source(`folder/${name}.safetensors`));
    expect(travel).not.toContain('<lora');
    expect(notes).toEqual([expect.stringContaining(name.replace('\n', ' '))]);
    expect(notes[0]).toContain('0.7');
  });
});

it('a weight that is not a number is left out with a note', () => {
  const { travel, notes } = importTravel([{ text: cli({ lora_map: { a: { scale: { '0': 0.5, '8': 'x' } } } }) }]);
  expect(travel).toContain('<lora:a:0.5>');
  expect(travel).not.toContain('NaN');
  expect(notes.map(({ message }) => message)).toContainEqual(expect.stringMatching(/weight of a at 8 .*: x$/));
});
