import { describe, expect, it } from 'vitest';
import { componentTensors } from '../../weights/components.ts';
import { openWeights } from '../../weights/open.ts';
import { unetLayout } from '../../weights/unet-layout.ts';
import { POCKET } from '../golden/models.ts';
import { unetShapes } from './model-shapes.ts';

const names = (has: (key: string) => boolean) =>
  Object.fromEntries(unetLayout(has).map(({ ldm, diffusers }) => [ldm, diffusers]));

describe('unetLayout', () => {
  it("names the parts of Stable Diffusion 1's structure as diffusers does", async () => {
    const tensors = componentTensors(await openWeights(POCKET), 'unet');
    const named = names((key) => tensors.has(key));
    // From diffusers' `convert_ldm_unet_checkpoint`.
    expect(named).toMatchObject({
      'input_blocks.0.0': 'conv_in',
      'input_blocks.1.1': 'down_blocks.0.attentions.0',
      'input_blocks.3.0.op': 'down_blocks.0.downsamplers.0.conv',
      'input_blocks.4.1': 'down_blocks.1.attentions.0',
      'input_blocks.8.1': 'down_blocks.2.attentions.1',
      'input_blocks.11.0': 'down_blocks.3.resnets.1',
      'middle_block.1': 'mid_block.attentions.0',
      'middle_block.2': 'mid_block.resnets.1',
      'output_blocks.2.0': 'up_blocks.0.resnets.2',
      'output_blocks.2.1.conv': 'up_blocks.0.upsamplers.0.conv',
      'output_blocks.3.1': 'up_blocks.1.attentions.0',
      'output_blocks.5.2.conv': 'up_blocks.1.upsamplers.0.conv',
      'output_blocks.11.1': 'up_blocks.3.attentions.2',
    });
    // No key of the UNet is left without a part.
    const parts = Object.keys(named);
    const outside = [...tensors.keys()].filter((key) => !parts.some((part) => key.startsWith(`${part}.`)));
    expect(outside).toEqual([]);
  });

  it('counts the levels and layers that a model has', () => {
    const shapes = unetShapes({ prefix: '', channels: [4, 4, 8], layers: 1, attention: [1, 2] });
    const named = names((key) => key in shapes);
    expect(named).toMatchObject({
      'input_blocks.1.0': 'down_blocks.0.resnets.0',
      'input_blocks.2.0.op': 'down_blocks.0.downsamplers.0.conv',
      'input_blocks.3.1': 'down_blocks.1.attentions.0',
      'input_blocks.5.1': 'down_blocks.2.attentions.0',
      'output_blocks.1.2.conv': 'up_blocks.0.upsamplers.0.conv',
      'output_blocks.3.2.conv': 'up_blocks.1.upsamplers.0.conv',
      'output_blocks.5.0': 'up_blocks.2.resnets.1',
    });
    expect(named).not.toHaveProperty('input_blocks.1.1');
    expect(named).not.toHaveProperty('output_blocks.5.1');
  });
});
