import { loraPatches } from '../../../engine/lora/patches.ts';
import { openWeights } from '../../../weights/open.ts';
import { GOLDEN_FOLDER } from '../../golden/folder.ts';
import { fileOf, type Shapes, safetensorsWith } from '../../weights/files.ts';
import { textEncoderShapes, unetShapes } from '../../weights/model-shapes.ts';

export const golden = (name: string) => openWeights(`${GOLDEN_FOLDER}/models/${name}`);
export const open = (shapes: Shapes) => openWeights(fileOf(safetensorsWith(shapes)));
export const checkpoint = () => open({ ...unetShapes(), ...textEncoderShapes() });

/** Match a LoRA of the given keys and shapes with the small checkpoint. */
export async function matched(shapes: Shapes) {
  const file = await checkpoint();
  return loraPatches(await open(shapes), { unet: file, textEncoder: file });
}

export const UNET = 'model.diffusion_model.';
export const TEXT = 'cond_stage_model.transformer.text_model.';
export const pair = (down: string, up: string, inputs: number, outputs: number): Shapes => ({
  [down]: [2, inputs],
  [up]: [outputs, 2],
});

export const loha = (layer: string, inputs: number, outputs: number): Shapes => ({
  [`${layer}.hada_w1_a`]: [outputs, 2],
  [`${layer}.hada_w1_b`]: [2, inputs],
  [`${layer}.hada_w2_a`]: [outputs, 2],
  [`${layer}.hada_w2_b`]: [2, inputs],
});
export const glora = (layer: string, size: number): Shapes => ({
  [`${layer}.a1.weight`]: [2, size],
  [`${layer}.a2.weight`]: [size, 2],
  [`${layer}.b1.weight`]: [2, size],
  [`${layer}.b2.weight`]: [size, 2],
});

export const renamed = (shapes: Shapes, layer: string): Shapes =>
  Object.fromEntries(Object.entries(shapes).map(([key, shape]) => [key.replace('LAYER', layer), shape]));

export const motionLayer = (block: string) =>
  `${block}.motion_modules.0.temporal_transformer.transformer_blocks.0.attention_blocks.0.processor.to_q_lora`;

/** A motion LoRA of one layer in each of the given blocks; `widths` are those of pocket's motion module. */
export const motionLora = (widths: Readonly<Record<string, number>>) =>
  open(
    Object.fromEntries(
      Object.entries(widths).flatMap(([block, width]) => [
        [`${motionLayer(block)}.down.weight`, [2, width]],
        [`${motionLayer(block)}.up.weight`, [width, 2]],
      ]),
    ),
  );
