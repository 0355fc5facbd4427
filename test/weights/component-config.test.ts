import { describe, expect, it } from 'vitest';
import { componentConfig } from '../../weights/component-config.ts';
import { BadModelError, type WeightsFile } from '../../weights/tensor.ts';

const withMetadata = (metadata: Record<string, string>): WeightsFile => ({
  path: 'model.safetensors',
  size: 0,
  mtimeMs: 0,
  metadata,
  tensors: new Map(),
});

describe('componentConfig', () => {
  it("is Stable Diffusion 1.5's where the file says nothing", () => {
    expect(componentConfig(withMetadata({ format: 'pt' }))).toEqual({
      unet: { heads: 8, normGroups: 32 },
      textEncoder: { heads: null, activation: 'quick_gelu' },
      vae: { normGroups: 32, scalingFactor: 0.18215 },
      motionModule: { heads: 8, normGroups: 32 },
    });
  });

  it('uses the file’s metadata', () => {
    expect(
      componentConfig(
        withMetadata({
          'unet.attention_head_dim': '4',
          'unet.norm_num_groups': '16',
          'text_encoder.num_attention_heads': '2',
          'text_encoder.hidden_act': 'gelu',
          'vae.norm_num_groups': '8',
          'vae.scaling_factor': '0.13025',
          'motion_module.num_attention_heads': '2',
          'motion_module.norm_num_groups': '1',
        }),
      ),
    ).toEqual({
      unet: { heads: 4, normGroups: 16 },
      textEncoder: { heads: 2, activation: 'gelu' },
      vae: { normGroups: 8, scalingFactor: 0.13025 },
      motionModule: { heads: 2, normGroups: 1 },
    });
  });

  const count = 'a whole number from 1 to 4096';
  const factor = 'a number above 0 and at most 1000';
  it.each([
    ['vae.norm_num_groups', '0', count],
    ['vae.norm_num_groups', '5000', count],
    ['vae.norm_num_groups', 'many', count],
    ['unet.attention_head_dim', '[5, 10, 20, 20]', count],
    ['unet.attention_head_dim', '1.5', count],
    ['text_encoder.num_attention_heads', 'x', count],
    ['text_encoder.hidden_act', 'relu', 'quick_gelu or gelu'],
    ['vae.scaling_factor', '', factor],
    ['vae.scaling_factor', '-1', factor],
  ])('refuses %s = "%s" and names it', (key, value, expected) => {
    const read = () => componentConfig(withMetadata({ [key]: value }));
    expect(read).toThrow(BadModelError);
    expect(read).toThrow(
      `model.safetensors: its metadata has ${key} = "${value}" instead of ${expected}. Use another file.`,
    );
  });
});
