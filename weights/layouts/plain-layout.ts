import type { TensorEntry, WeightsFile } from '../tensor.ts';
import { controlNetName } from './diffusers-controlnet.ts';
import { unetName } from './diffusers-unet.ts';
import { vaeName } from './diffusers-vae.ts';
import { emaName } from './ema.ts';
import { motionNames } from './motion-adapter.ts';
import { withPositions } from './motion-positions.ts';
import { taesdName } from './taesd.ts';

type Tensors = ReadonlyMap<string, TensorEntry>;

/** The names that a tensor has in the plain layout: several if it is shared, none if it is not used. */
type Rename = (name: string) => readonly string[];

/**
 * A file with its tensors under the names of the plain layout, whatever names it has itself: LDM's (A1111's) for a
 * UNet, a ControlNet and a VAE, AnimateDiff's for a motion module. Only the index changes; the values stay where they are.
 */
export function inPlainLayout(file: WeightsFile): WeightsFile {
  let tensors = withoutModulePrefix(file.tensors);
  // A file can have a UNet and a VAE.
  for (const renameOf of [emaName, unetName, controlNetName, vaeName, motionNames, taesdName]) {
    const rename = renameOf(tensors);
    if (rename !== null) tensors = renamedTensors(tensors, rename);
  }
  return { ...file, tensors: withPositions(tensors, file.metadata) };
}

function renamedTensors(tensors: Tensors, rename: Rename): Tensors {
  return new Map(
    [...tensors].flatMap(([old, entry]) => rename(old).map((name) => [name, { ...entry, name }] as const)),
  );
}

/** Names without the prefix `module.`, which PyTorch's data-parallel training adds. */
function withoutModulePrefix(tensors: Tensors): Tensors {
  const prefix = 'module.';
  for (const name of tensors.keys()) if (!name.startsWith(prefix)) return tensors;
  return renamedTensors(tensors, (name) => [name.slice(prefix.length)]);
}
