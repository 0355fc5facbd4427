import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../disk/make-folder.ts';
import { checkpointShapes, motionModuleShapes, writeRandomModel } from './random-model.ts';

/**
 * A checkpoint and a motion module of Stable Diffusion 1.5 in full size, in a folder of their own. They are written once, 3 GB, and stay
 * in the system's temporary folder.
 */
export async function randomModels(): Promise<{ readonly checkpoint: string; readonly motionModule: string }> {
  const folder = join(tmpdir(), 'travel-bench-models');
  await makeFolder(folder);
  const [checkpoint, motionModule] = ['checkpoint', 'motion'].map((name) => join(folder, `${name}.safetensors`)) as [
    string,
    string,
  ];
  if (!existsSync(checkpoint)) await writeRandomModel(checkpoint, checkpointShapes());
  if (!existsSync(motionModule)) await writeRandomModel(motionModule, motionModuleShapes());
  return { checkpoint, motionModule };
}
