import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MODEL_INDEX } from '../plan/paths.ts';
import { configBeside } from './config-beside.ts';
import { isModelIndex, openDiffusersFolder } from './diffusers-folder.ts';
import { inPlainLayout } from './layouts/plain-layout.ts';
import { readBytes } from './read.ts';
import { openSafetensors } from './safetensors.ts';
import { BadModelError, type WeightsFile } from './tensor.ts';
import { openTorchLegacy, startsLikeTorchLegacy } from './torch-legacy.ts';
import { openTorchZip } from './torch-zip.ts';

/**
 * Index a model file. Its type is detected from its first bytes, not its name. Only headers are read.
 *
 * @param path absolute path; symbolic links are followed. Of a model in diffusers' format: its folder, or the
 *   `model_index.json` in it
 * @throws BadModelError when it is not a model file, is damaged, or contains code that models do not need
 */
export async function openWeights(path: string): Promise<WeightsFile> {
  if (isModelIndex(path)) return openDiffusersFolder(path, openWeights);
  const file = await stat(path).catch((error: Error) => {
    throw new BadModelError(`${path} cannot be read (${error.message}). Check that the file exists.`);
  });
  if (file.isDirectory() && (await stat(join(path, MODEL_INDEX)).catch(() => null))) {
    return openWeights(join(path, MODEL_INDEX));
  }
  if (!file.isFile()) throw new BadModelError(`${path} is not a file. Name a model file, not a folder.`);
  if (file.size === 0) throw new BadModelError(`${path} is empty. Download or copy it again.`);
  const indexed = await openByContent(path, await readHead(path, file.size));
  if (indexed.tensors.size === 0) {
    throw new BadModelError(`${path} contains no named tensors. Models saved as code are not supported.`);
  }
  const metadata = { ...(await configBeside(path)), ...indexed.metadata };
  return inPlainLayout({ ...indexed, metadata });
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

/** Files that often have a model's name, and what to do about them. */
const FOREIGN: readonly [RegExp, string][] = [
  [
    /^\s*<(!doctype|html|\?xml)/i,
    'a web page, not a model: the download failed. Download it again, signed in if necessary',
  ],
  [/^version https:\/\/git-lfs/, 'a Git LFS pointer, not a model. Run "git lfs pull" in its folder'],
  [/^GGUF/, 'a GGUF file, which is not supported. Get the model as .safetensors'],
  [/^\x80[\x02-\x05][^{]/, 'a pickle, but not a PyTorch model. Get the model as .safetensors'],
  [/^(\x89PNG|\xff\xd8\xff|GIF8|RIFF)/, 'an image, not a model'],
];
