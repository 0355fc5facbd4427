import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { largest } from '../plan/extremes.ts';
import { MODEL_INDEX } from '../plan/paths.ts';
import { type Component as AnyComponent, componentTensors, PLAIN_PREFIX } from './components.ts';
import { readConfig, schedulerSettings } from './config-beside.ts';
import { BadModelError, type WeightsFile } from './tensor.ts';

/** The components of a pipeline. */
type Component = Exclude<AnyComponent, 'controlNet'>;

/** The folder and the file names of each component, the one that diffusers loads first. */
const PARTS: Readonly<Record<Component, { readonly folder: string; readonly names: readonly string[] }>> = {
  unet: { folder: 'unet', names: ['diffusion_pytorch_model'] },
  textEncoder: { folder: 'text_encoder', names: ['model', 'pytorch_model'] },
  vae: { folder: 'vae', names: ['diffusion_pytorch_model'] },
};
const VARIANTS = ['', '.fp16', '.non_ema', '.bf16', '.fp32'];
const ENDINGS = ['.safetensors', '.bin'];

const ModelIndex = z.looseObject({ _class_name: z.string().catch('') });

/** Whether a path is the index of a model in diffusers' format, whose parts are in the folders beside it. */
export const isModelIndex = (path: string): boolean => basename(path) === MODEL_INDEX;

/**
 * The files with the parts of a model in diffusers' format.
 *
 * @param index absolute path of its `model_index.json`
 */
export async function folderParts(index: string): Promise<Partial<Record<Component, string>>> {
  const found: Partial<Record<Component, string>> = {};
  for (const component of ['unet', 'textEncoder', 'vae'] as const) {
    const { folder, names } = PARTS[component];
    for (const ending of ENDINGS) {
      for (const name of names.flatMap((each) => VARIANTS.map((variant) => each + variant))) {
        const path = join(dirname(index), folder, name + ending);
        if (found[component] === undefined && (await isFile(path))) found[component] = path;
      }
    }
  }
  return found;
}

const isFile = (path: string) =>
  stat(path).then(
    (info) => info.isFile(),
    () => false,
  );

/** All files of a model: of diffusers' format the index and its parts, else the file alone. */
export async function filesOfModel(path: string): Promise<readonly string[]> {
  return isModelIndex(path) ? [path, ...Object.values(await folderParts(path))] : [path];
}

/** What the file system knows of a model: of one in diffusers' format, of all of its files together. */
export async function modelStat(path: string) {
  const infos = await Promise.all((await filesOfModel(path)).map((file) => stat(file)));
  const sum = (key: 'size' | 'ino') => infos.reduce((all, info) => all + info[key], 0);
  const latest = (key: 'mtimeMs' | 'ctimeMs') => largest(infos.map((info) => info[key]));
  return {
    isFile: infos.every((info) => info.isFile()),
    size: sum('size'),
    ino: sum('ino'),
    mtimeMs: latest('mtimeMs'),
    ctimeMs: latest('ctimeMs'),
  };
}

/**
 * Index a model in diffusers' format: the tensors of all of its parts, under the names of a checkpoint. `size` is the sum
 * of its files, `mtimeMs` the time of the newest one.
 *
 * @param index absolute path of its `model_index.json`
 * @param open indexes one part
 * @throws BadModelError when the index or a part is damaged, or there is no UNet
 */
export async function openDiffusersFolder(
  index: string,
  open: (path: string) => Promise<WeightsFile>,
): Promise<WeightsFile> {
  const { _class_name: pipeline = '' } = (await readConfig(index, ModelIndex)) ?? {};
  const parts = await folderParts(index);
  if (parts.unet === undefined) {
    throw new BadModelError(
      `${dirname(index)} is a model in diffusers' format${pipeline === '' ? '' : ` (${pipeline})`} without the UNet of ` +
        'Stable Diffusion (unet/diffusion_pytorch_model.safetensors). If it is a Stable Diffusion model, download it again.',
    );
  }
  const tensors: WeightsFile['tensors'][] = [];
  let metadata = await schedulerSettings(join(dirname(index), 'scheduler', 'scheduler_config.json'));
  for (const [component, path] of Object.entries(parts) as [Component, string][]) {
    const file = await open(path);
    metadata = { ...file.metadata, ...metadata };
    tensors.push(asPartOfCheckpoint(file, component));
  }
  const { size, mtimeMs } = await modelStat(index);
  return { path: index, size, mtimeMs, metadata, tensors: new Map(tensors.flatMap((part) => [...part])) };
}

/** A file's component by the names that it has in a checkpoint; all of its tensors if it is something else. */
function asPartOfCheckpoint(file: WeightsFile, component: Component): WeightsFile['tensors'] {
  const own = componentTensors(file, component);
  if (own.size === 0) return file.tensors;
  const prefix = PLAIN_PREFIX[component];
  return new Map([...own].map(([name, entry]) => [prefix + name, { ...entry, name: prefix + name }]));
}
