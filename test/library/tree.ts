import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { safetensorsWith } from '../weights/files.ts';
import { motionShapes, unetShapes, VAE_SHAPES } from '../weights/model-shapes.ts';

/** A folder with these files, gone after the test. */
export function folderWith(files: Readonly<Record<string, Uint8Array | string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'travel models ü '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return folder;
}

/** Headers of small models, without meaningful weights. */
export const CHECKPOINT = safetensorsWith(unetShapes(), { dtype: 'U8' });
export const MOTION_MODULE = safetensorsWith(motionShapes(['mid_block', 'down_blocks.3'], 32), { dtype: 'U8' });
export const VAE = safetensorsWith(VAE_SHAPES, { dtype: 'U8' });
export const LORA = safetensorsWith(
  {
    'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q.lora_down.weight': [2, 8],
    'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q.lora_up.weight': [8, 2],
  },
  { dtype: 'U8' },
);
export const EMBEDDING = safetensorsWith({ emb_params: [2, 768] }, { dtype: 'U8' });
/** One that fits the text encoder of the built-in model. */
export const POCKET_EMBEDDING = safetensorsWith({ emb_params: [2, 128] }, { dtype: 'U8' });
