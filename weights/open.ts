import { stat } from 'node:fs/promises';
import { openSafetensors } from './safetensors.ts';
import { BadModelError, type TensorEntry, type WeightsFile } from './tensor.ts';

/**
 * Index a model file, told by its first bytes and not by its name. Only headers are read.
 *
 * @param path absolute path; symbolic links are followed
 * @throws BadModelError when it is no model file, is damaged, or holds code that a model has no use for
 */
export async function openWeights(path: string): Promise<WeightsFile> {
  const file = await stat(path).catch((error: Error) => {
    throw new BadModelError(`${path} cannot be read (${error.message}). Check that the file is there.`);
  });
  if (!file.isFile()) throw new BadModelError(`${path} is not a file. Name a model file, not a folder.`);
  if (file.size === 0) throw new BadModelError(`${path} is empty. Download or copy it again.`);
  const indexed = await openSafetensors(path);
  if (indexed.tensors.size === 0) throw new BadModelError(`${path} holds no tensors.`);
  return { ...indexed, tensors: withoutModulePrefix(indexed.tensors) };
}

/** Names without `module.`, which PyTorch's data-parallel training puts before each. */
function withoutModulePrefix(tensors: ReadonlyMap<string, TensorEntry>): ReadonlyMap<string, TensorEntry> {
  const prefix = 'module.';
  for (const name of tensors.keys()) if (!name.startsWith(prefix)) return tensors;
  return new Map(
    [...tensors].map(([name, entry]) => [name.slice(prefix.length), { ...entry, name: name.slice(prefix.length) }]),
  );
}
