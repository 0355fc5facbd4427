import { open } from 'node:fs/promises';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { isReadFailure } from '../disk/why-unreadable.ts';
import { GET_AGAIN } from '../plan/get-again.ts';
import { MAX_PICKLE_BYTES, unpickle } from './pickle.ts';
import { readBytes } from './read.ts';
import { BadModelError, TRUNCATED, type WeightsFile } from './tensor.ts';
import { entriesOf, type Place, stateDict } from './torch-tensors.ts';

/** A model has one entry for each storage, a few thousand. */
const MAX_ZIP_ENTRIES = 50_000;
const MAX_NAME = 1000;
const STORED = 0;

/**
 * Index a `.ckpt`, `.pt`, `.pth` or `.bin` of PyTorch 1.6 or later: a zip archive with a pickle (`data.pkl`) that
 * describes tensors, and one uncompressed entry per storage (pytorch/torch/csrc/jit/serialization, "serialization.md").
 * A TorchScript archive is the same, with code in `code/`, which is not read. Nothing in it is executed.
 *
 * @param path absolute path
 * @throws BadModelError when the archive is damaged, unsafe or not from PyTorch
 */
export async function openTorchZip(path: string): Promise<WeightsFile> {
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false }).catch((error: Error) =>
    damaged(path, error),
  );
  const handle = await open(path, 'r');
  try {
    const { size, mtimeMs } = await handle.stat();
    const entries = await listEntries(path, zip);
    const root = [...entries.keys()].find((name) => name === 'data.pkl' || /^[^/]+\/data\.pkl$/.test(name));
    if (root === undefined) {
      throw new BadModelError(`${path} is a zip archive, but not a PyTorch model. Unpack it first.`);
    }
    const folder = root.slice(0, -'data.pkl'.length);
    const placeOf = (name: string) => storedPlace(path, zip, entries, folder + name);
    const read = async (name: string) => {
      const { offset, length } = await placeOf(name);
      if (length > MAX_PICKLE_BYTES)
        throw new BadModelError(`${path}: its ${name} is larger than in any model. ${GET_AGAIN}`);
      return readBytes(handle, path, offset, length);
    };
    if (entries.has(`${folder}byteorder`) && (await read('byteorder')).toString() !== 'little') {
      throw new BadModelError(`${path} was saved on a big-endian machine. Save it again as .safetensors.`);
    }
    const tensors = stateDict(path, unpickle(path, await read('data.pkl'), 0).value);
    const places = new Map<string, Place>();
    for (const { storage } of tensors) {
      if (!places.has(storage.key)) places.set(storage.key, await placeOf(`data/${storage.key}`));
    }
    return { path, size, mtimeMs, metadata: {}, tensors: await entriesOf(path, handle, tensors, places) };
  } finally {
    zip.close();
    await handle.close();
  }
}

/** @param error of yauzl, or of the disk */
function damaged(path: string, error: Error): never {
  if (isReadFailure(error)) throw error;
  throw new BadModelError(`${path} is a damaged zip archive. ${TRUNCATED}`, { cause: error });
}

async function listEntries(path: string, zip: ZipFile): Promise<Map<string, Entry>> {
  if (zip.entryCount > MAX_ZIP_ENTRIES)
    throw new BadModelError(`${path} is not a model: it has ${zip.entryCount} zip entries. ${GET_AGAIN}`);
  const entries = new Map<string, Entry>();
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.length + entry.extraFieldLength + entry.fileCommentLength > MAX_NAME) {
        throw new BadModelError(`${path} is not a model: its zip archive has names that are too long. ${GET_AGAIN}`);
      }
      entries.set(entry.fileName, entry);
    }
  } catch (error) {
    if (error instanceof BadModelError) throw error;
    damaged(path, error as Error);
  }
  return entries;
}

/** The position of an entry's data in the archive. @throws BadModelError when it is compressed */
async function storedPlace(path: string, zip: ZipFile, entries: ReadonlyMap<string, Entry>, name: string) {
  const entry = entries.get(name);
  if (!entry) throw new BadModelError(`${path}: its zip archive has no ${name}. ${GET_AGAIN}`);
  if (entry.compressionMethod !== STORED || entry.compressedSize !== entry.uncompressedSize) {
    throw new BadModelError(
      `${path} was recompressed as a zip archive, which PyTorch cannot read. Get the original file.`,
    );
  }
  const { fileDataStart } = await zip
    .readLocalFileHeaderPromise(entry, { minimal: true })
    .catch((error: Error) => damaged(path, error));
  return { offset: fileDataStart, length: entry.compressedSize };
}
