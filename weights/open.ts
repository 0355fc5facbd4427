import type { Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isReadFailure, readFailure } from '../disk/why-unreadable.ts';
import { GET_AGAIN } from '../plan/get-again.ts';
import { MODEL_INDEX } from '../plan/paths.ts';
import { configBeside } from './config-beside.ts';
import { isModelIndex, openDiffusersFolder } from './diffusers-folder.ts';
import { foreignFile } from './foreign.ts';
import { inPlainLayout } from './layouts/plain-layout.ts';
import { readBytes } from './read.ts';
import { openSafetensors } from './safetensors.ts';
import { BadModelError, UnreadableModelError, type WeightsFile } from './tensor.ts';
import { openTorchLegacy, startsLikeTorchLegacy } from './torch-legacy.ts';
import { openTorchZip } from './torch-zip.ts';

/**
 * Index a model file. Its type is detected from its first bytes, not its name. Only headers are read.
 *
 * @param path absolute path; symbolic links are followed. Of a model in diffusers' format: its folder, or the
 *   `model_index.json` in it
 * @throws BadModelError when it is not a model file, is damaged, or contains code that models do not need;
 *   UnreadableModelError when it cannot be read
 */
export async function openWeights(path: string): Promise<WeightsFile> {
  try {
    return await openModel(path);
  } catch (error) {
    if (!isReadFailure(error)) throw error;
    throw new UnreadableModelError(await readFailure(path, error), { cause: error });
  }
}

async function openModel(path: string): Promise<WeightsFile> {
  if (isModelIndex(path)) return openDiffusersFolder(path, openWeights);
  const file = await stat(path);
  if (file.isDirectory() && (await stat(join(path, MODEL_INDEX)).catch(() => null))) {
    return openWeights(join(path, MODEL_INDEX));
  }
  if (!file.isFile()) throw new BadModelError(`${path} is ${notFile(file)}.`);
  if (file.size === 0) throw new BadModelError(`${path} is empty. ${GET_AGAIN}`);
  const indexed = await openByContent(path, await readHead(path, file.size));
  if (indexed.tensors.size === 0) {
    throw new BadModelError(
      `${path} contains no named tensors. Models saved as code are not supported. Get the model as .safetensors.`,
    );
  }
  const metadata = { ...(await configBeside(path)), ...indexed.metadata };
  return inPlainLayout({ ...indexed, metadata });
}

/** What is at a path instead of a file, and what to do. */
function notFile(file: Stats): string {
  if (file.isDirectory()) return 'a folder, not a model file. Name a model file in it';
  const what = file.isFIFO() ? 'a named pipe' : file.isSocket() ? 'a socket' : 'a device';
  return `${what}, not a model file. Name a model file`;
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
  if (head.toString('latin1').startsWith('PK\x03\x04')) return openTorchZip(path);
  if (startsLikeTorchLegacy(head)) return openTorchLegacy(path);
  const what = foreignFile(head);
  if (what !== null) throw new BadModelError(`${path} is ${what}.`);
  return openSafetensors(path);
}
