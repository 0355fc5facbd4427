import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TextEncoder } from '../../../engine/models/text-encoder/text-encoder.ts';
import { UNet } from '../../../engine/models/unet/unet.ts';
import { checkSupported, finite } from '../../../engine/models/usable.ts';
import { Vae } from '../../../engine/models/vae/vae.ts';
import { cpu } from '../../../engine/onnx/session.ts';
import { openWeights } from '../../../weights/open.ts';
import type { WeightsFile } from '../../../weights/tensor.ts';
import { fileOf, type Shapes, safetensorsWith } from '../../weights/files.ts';
import { unetShapes } from '../../weights/model-shapes.ts';

const POCKET = resolve(import.meta.dirname, '../../../models/pocket');
const CHECKPOINT = await openWeights(resolve(POCKET, 'pocket.safetensors'));
const MOTION = await openWeights(resolve(POCKET, 'mm_pocket.safetensors'));
const runtime = cpu();

function without(file: WeightsFile, name: string): WeightsFile {
  const tensors = new Map(file.tensors);
  if (!tensors.delete(name)) throw new Error(`${name} is not in ${file.path}.`);
  return { ...file, tensors };
}

describe('a damaged model', () => {
  it.each<[string, string, () => unknown]>([
    [
      'UNet',
      'input_blocks.1.0.in_layers.2.bias',
      () => new UNet(without(CHECKPOINT, 'model.diffusion_model.input_blocks.1.0.in_layers.2.bias'), { runtime }),
    ],
    [
      'text encoder',
      'final_layer_norm.bias',
      () =>
        new TextEncoder(without(CHECKPOINT, 'cond_stage_model.transformer.text_model.final_layer_norm.bias'), {
          clipSkip: 1,
          runtime,
        }),
    ],
    [
      'VAE',
      'decoder.norm_out.weight',
      () => new Vae(without(CHECKPOINT, 'first_stage_model.decoder.norm_out.weight'), runtime),
    ],
    [
      'motion module',
      'up_blocks.1.motion_modules.2.temporal_transformer.proj_out.bias',
      () =>
        new UNet(CHECKPOINT, {
          motionModule: without(MOTION, 'up_blocks.1.motion_modules.2.temporal_transformer.proj_out.bias'),
          runtime,
        }),
    ],
  ])('is rejected when it is opened: the %s', (component, tensor, open) => {
    expect(open).toThrow(
      new RegExp(
        `^/.*pocket\\.safetensors is damaged .*: its ${component} has no tensor "${tensor}" \\(expected shape `,
      ),
    );
  });
});

describe('a model of a family that is not supported', () => {
  const fileWith = (shapes: Shapes) => openWeights(fileOf(safetensorsWith(shapes, { dtype: 'U8' })));
  const sd3 = { 'model.diffusion_model.joint_blocks.0.context_block.attn.qkv.weight': [2, 2] };

  it('is rejected when it is opened', async () => {
    const file = await fileWith(sd3);
    const opened = [
      () => new UNet(file, { runtime }),
      () => new TextEncoder(file, { clipSkip: 1, runtime }),
      () => new Vae(file, runtime),
      () => new UNet(CHECKPOINT, { motionModule: file, runtime }),
      () => checkSupported(file),
    ];
    for (const open of opened) {
      expect(open).toThrow(/^\/.* is a Stable Diffusion 3 or 3\.5 checkpoint, which is not supported\. Use /);
    }
  });

  it('is rejected if it is SDXL', async () => {
    const file = await fileWith({
      ...unetShapes({ linear: true, context: 2048 }),
      'model.diffusion_model.label_emb.0.0.weight': [16, 4],
    });
    expect(() => new UNet(file, { runtime })).toThrow(
      /not for Stable Diffusion 1\. It is: SDXL checkpoint .*not supported/,
    );
  });
});

describe('finite', () => {
  it('names the model if its weights are not the reason', async () => {
    await expect(finite(Float32Array.of(1, Number.NaN), 'The UNet of /a', () => [])).rejects.toThrow(
      /^The UNet of \/a computed values that are NaN or infinite.* in fp32.* VAEs.* LoRA of another model family/,
    );
    const values = Float32Array.of(1, 2);
    expect(await finite(values, 'The UNet of /a', () => [])).toBe(values);
  });
});
