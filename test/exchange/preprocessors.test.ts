import { expect, it } from 'vitest';
import { importTravel } from '../../exchange/import.ts';
import { PREPROCESSORS } from '../../plan/network-annotators.ts';
import { exported } from './exports.ts';

it.each([
  ['tile', 'tile_resample'],
  ['scribble', 'scribble_xdog'],
  ['lineart', 'lineart_standard'],
  ['depth', 'depth_midas'],
  ['softedge', 'softedge_pidinet'],
  ['normal', 'normal_midas'],
  ['canny', 'canny'],
  ['none', 'none'],
])('a request names the preprocessor %s as sd-webui-controlnet does', (name, module) => {
  const text = `---\ncontrolnet:\n  - {model: a.safetensors, preprocessor: ${name}, image: a.png}\n---\na fox\n`;
  const { ControlNet: units } = (
    exported(text, 'webui-api').parts.object as { alwayson_scripts: { ControlNet: { args: { module: string }[] } } }
  ).alwayson_scripts;
  expect(units.args.map((unit) => unit.module)).toEqual([module]);
});

it.each(PREPROCESSORS)('%s is the same after a request', (name) => {
  const text = `---\ncontrolnet:\n  - {model: a.safetensors, preprocessor: ${name}, batch: maps}\n---\na fox\n`;
  const { travel, notes } = importTravel([{ text: exported(text, 'webui-api').text }]);
  if (name === 'none') expect(travel).not.toContain('preprocessor');
  else expect(travel).toContain(`preprocessor: ${name},`);
  expect(notes.map(({ message }) => message).join('\n')).not.toContain('without a counterpart');
});

it('reports preprocessors without a counterpart, and keeps their names', () => {
  const units = ['canny', 'inpaint_only', 'openpose_full', 'inpaint_only', 'tile'].map((module) => ({
    module,
    model: 'a',
  }));
  const request = { prompt: 'a fox', alwayson_scripts: { ControlNet: { args: units } } };
  const { travel, notes } = importTravel([{ text: JSON.stringify(request) }]);
  expect(travel).toContain('preprocessor: inpaint_only');
  expect(notes.map(({ message }) => message).join('\n')).toMatch(/without a counterpart here: inpaint_only\./);
});

it.each([
  ['pidinet_safe', 'softedge_pidisafe'],
  ['lineart', 'lineart_realistic'],
  ['invert (from white bg & black line)', 'invert'],
])('the preprocessor %s of A1111 is %s', (module, name) => {
  const request = { prompt: 'a fox', alwayson_scripts: { ControlNet: { args: [{ module, model: 'a' }] } } };
  expect(importTravel([{ text: JSON.stringify(request) }]).travel).toContain(`preprocessor: ${name}`);
});

it.each([
  ['HEDPreprocessor', { safe: 'enable', resolution: 512 }, 'softedge_hedsafe', ['resolution: 512']],
  ['HEDPreprocessor', { safe: 'disable' }, 'softedge_hed', []],
  ['PiDiNetPreprocessor', { safe: 'enable' }, 'softedge_pidisafe', []],
  ['TEEDPreprocessor', { safe_steps: 2 }, 'softedge_teed', ['safe_steps: 2']],
  ['FakeScribblePreprocessor', { safe: 'enable' }, 'scribble_hed', ['safe: enable']],
  ['MiDaS-NormalMapPreprocessor', { bg_threshold: 0.1 }, 'normal_midas', ['bg_threshold: 0.1']],
])('ComfyUI’s %s with %j is %s', (type, parameters, name, reported) => {
  const graph = {
    '1': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'a.safetensors' } },
    '2': { class_type: 'CLIPTextEncode', inputs: { text: 'a fox', clip: ['1', 1] } },
    '3': { class_type: 'LoadImage', inputs: { image: 'a.png' } },
    '4': { class_type: type, inputs: { ...parameters, image: ['3', 0] } },
    '5': { class_type: 'ControlNetLoader', inputs: { control_net_name: 'c.safetensors' } },
    '6': {
      class_type: 'ControlNetApplyAdvanced',
      inputs: {
        ...{ strength: 1, start_percent: 0, end_percent: 1 },
        ...{ positive: ['2', 0], negative: ['2', 0], control_net: ['5', 0], image: ['4', 0] },
      },
    },
    '7': { class_type: 'EmptyLatentImage', inputs: { width: 64, height: 64, batch_size: 8 } },
    '8': {
      class_type: 'KSampler',
      inputs: {
        ...{ seed: 1, steps: 4, cfg: 7, sampler_name: 'euler', scheduler: 'normal', denoise: 1 },
        ...{ model: ['1', 0], positive: ['6', 0], negative: ['6', 1], latent_image: ['7', 0] },
      },
    },
    '9': { class_type: 'VAEDecode', inputs: { samples: ['8', 0], vae: ['1', 2] } },
    '10': { class_type: 'SaveImage', inputs: { images: ['9', 0], filename_prefix: 'a' } },
  };
  const { travel, notes } = importTravel([{ text: JSON.stringify(graph) }]);
  expect(travel).toContain(`preprocessor: ${name},`);
  const parametersNote = notes.map(({ message }) => message).find((message) => message.includes(type));
  if (reported.length === 0) expect(parametersNote).toBeUndefined();
  else expect(parametersNote).toContain(`(${reported.join(', ')})`);
});
