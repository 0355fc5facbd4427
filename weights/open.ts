import { open, stat } from 'node:fs/promises';
import { readBytes } from './read.ts';
import { openSafetensors } from './safetensors.ts';
import { BadModelError, type TensorEntry, type WeightsFile } from './tensor.ts';
import { openTorchLegacy, startsLikeTorchLegacy } from './torch-legacy.ts';
import { openTorchZip } from './torch-zip.ts';

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
  const indexed = await openByContent(path, await readHead(path, file.size));
  if (indexed.tensors.size === 0) {
    throw new BadModelError(`${path} holds no tensors under names. A whole model saved as code cannot be used.`);
  }
  return { ...indexed, tensors: withoutModulePrefix(indexed.tensors) };
}

const HEAD_BYTES = 64;

async function readHead(path: string, size: number): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    return await readBytes(handle, path, 0, Math.min(size, HEAD_BYTES));
  } finally {
    await handle.close();
  }
}

function openByContent(path: string, head: Buffer): Promise<WeightsFile> {
  const text = head.toString('latin1');
  if (text.startsWith('PK\x03\x04')) return openTorchZip(path);
  if (startsLikeTorchLegacy(head)) return openTorchLegacy(path);
  const what = FOREIGN.find(([pattern]) => pattern.test(text))?.[1];
  if (what !== undefined) throw new BadModelError(`${path} is ${what}.`);
  return openSafetensors(path);
}

/** What people find under a model's name, and what they can do. */
const FOREIGN: readonly [RegExp, string][] = [
  [
    /^\s*<(!doctype|html|\?xml)/i,
    'a web page and no model: the download failed. Download it again, signed in if need be',
  ],
  [/^version https:\/\/git-lfs/, 'a Git LFS pointer and no model: run "git lfs pull" in its folder'],
  [/^GGUF/, 'a GGUF file, which is not read here. Get the model as .safetensors'],
  [/^\x80[\x02-\x05][^{]/, 'a pickle, but no model that PyTorch saved. Get the model as .safetensors'],
  [/^(\x89PNG|\xff\xd8\xff|GIF8|RIFF)/, 'a picture and no model'],
];

/** Names without `module.`, which PyTorch's data-parallel training puts before each. */
function withoutModulePrefix(tensors: ReadonlyMap<string, TensorEntry>): ReadonlyMap<string, TensorEntry> {
  const prefix = 'module.';
  for (const name of tensors.keys()) if (!name.startsWith(prefix)) return tensors;
  return new Map(
    [...tensors].map(([name, entry]) => [name.slice(prefix.length), { ...entry, name: name.slice(prefix.length) }]),
  );
}
