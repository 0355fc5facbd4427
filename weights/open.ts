import { open, readFile, stat } from 'node:fs/promises';
import { readBytes } from './read.ts';
import { openSafetensors } from './safetensors.ts';
import { BadModelError, type TensorEntry, type WeightsFile } from './tensor.ts';
import { openTorchLegacy, startsLikeTorchLegacy } from './torch-legacy.ts';
import { openTorchZip } from './torch-zip.ts';

/**
 * Index a model file. Its type is detected from its first bytes, not its name. Only headers are read.
 *
 * @param path absolute path; symbolic links are followed
 * @throws BadModelError when it is not a model file, is damaged, or contains code that models do not need
 */
export async function openWeights(path: string): Promise<WeightsFile> {
  const file = await stat(path).catch((error: Error) => {
    throw new BadModelError(`${path} cannot be read (${error.message}). Check that the file exists.`);
  });
  if (!file.isFile()) throw new BadModelError(`${path} is not a file. Name a model file, not a folder.`);
  if (file.size === 0) throw new BadModelError(`${path} is empty. Download or copy it again.`);
  const indexed = await openByContent(path, await readHead(path, file.size));
  if (indexed.tensors.size === 0) {
    throw new BadModelError(`${path} contains no named tensors. Models saved as code are not supported.`);
  }
  const metadata = { ...(await configBeside(path)), ...indexed.metadata };
  return { ...indexed, metadata, tensors: withoutModulePrefix(indexed.tensors) };
}

/** Longer than any configuration of a model. */
const LONGEST_CONFIG = 100_000;

/**
 * What A1111 reads from `NAME.yaml` beside a checkpoint, and no header contains: whether the model predicts the
 * velocity (`parameterization: "v"`), as Stability's metadata key.
 */
async function configBeside(path: string): Promise<Record<string, string>> {
  const config = path.replace(/\.\w+$/, '.yaml');
  if (config === path) return {};
  const info = await stat(config).catch(() => null);
  if (!info?.isFile() || info.size > LONGEST_CONFIG) return {};
  const text = await readFile(config, 'utf8').catch(() => '');
  return /^\s*parameterization:\s*["']?v["']?\s*(?:#.*)?$/m.test(text) ? { 'modelspec.prediction_type': 'v' } : {};
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

/** Names without the prefix `module.`, which PyTorch's data-parallel training adds. */
function withoutModulePrefix(tensors: ReadonlyMap<string, TensorEntry>): ReadonlyMap<string, TensorEntry> {
  const prefix = 'module.';
  for (const name of tensors.keys()) if (!name.startsWith(prefix)) return tensors;
  return new Map(
    [...tensors].map(([name, entry]) => [name.slice(prefix.length), { ...entry, name: name.slice(prefix.length) }]),
  );
}
