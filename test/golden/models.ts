import { join, resolve } from 'node:path';
import { openWeights } from '../../weights/open.ts';
import type { WeightsFile } from '../../weights/tensor.ts';
import { REFERENCE_FOLDER } from './folder.ts';
import { type MotionLayout, motionModuleAs } from './motion-layouts.ts';

const POCKET_FOLDER = resolve(import.meta.dirname, '../../models/pocket');

/** A checkpoint of 4 MB with the structure of Stable Diffusion 1.5: context width 64, vocabulary of 1024 tokens. */
export const NANO = join(REFERENCE_FOLDER, 'models/nano-sd15-fp16.ckpt');

/** The built-in checkpoint: context width 128, CLIP's whole vocabulary. */
export const POCKET = join(POCKET_FOLDER, 'pocket.safetensors');

/** A LoRA for pocket's UNet and text encoder. */
export const POCKET_LORA = join(REFERENCE_FOLDER, 'models/pocket_lora.safetensors');

/** A LoRA with linear layers and convolutions, of which some fit nano's UNet. */
export const EXTERNAL_LORA = join(REFERENCE_FOLDER, 'lora/locon.safetensors');

/** Pocket's motion module, which is v2, in the layout of a version. */
export async function pocketMotionModule(layout: MotionLayout): Promise<WeightsFile> {
  return motionModuleAs(layout, await openWeights(join(POCKET_FOLDER, 'mm_pocket.safetensors')));
}
