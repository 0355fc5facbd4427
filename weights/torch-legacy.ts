import { open } from 'node:fs/promises';
import { MAX_PICKLE_BYTES, unpickle } from './pickle.ts';
import { readBytes } from './read.ts';
import { BadModelError, DAMAGED, DTYPE_BYTES, TRUNCATED, type WeightsFile } from './tensor.ts';
import { entriesOf, type Place, stateDict, storageOf } from './torch-tensors.ts';

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;
const COUNT_BYTES = 8;
/** Protocol 2, then MAGIC as a long with ten bytes. */
const FIRST_BYTES = Buffer.from('80028a0a6cfc9c46f9206aa850192e', 'hex');

/** Whether a file that starts with these bytes was saved by PyTorch before 1.6. */
export function startsLikeTorchLegacy(head: Buffer): boolean {
  return head.subarray(0, FIRST_BYTES.length).equals(FIRST_BYTES);
}

/**
 * Index a file of PyTorch before 1.6: pickles (magic number, protocol, machine, the object, storage keys), then each
 * storage as an element count of 8 bytes and its data (torch/serialization.py, `_legacy_save`). Nothing is executed.
 *
 * @param path absolute path
 * @throws BadModelError when the file is damaged, truncated or unsafe
 */
export async function openTorchLegacy(path: string): Promise<WeightsFile> {
  const handle = await open(path, 'r');
  try {
    const { size, mtimeMs } = await handle.stat();
    const bytes = await readBytes(handle, path, 0, Math.min(size, MAX_PICKLE_BYTES));
    const [magic, protocol, machine, object, keys] = readPickles(path, bytes);
    if (magic.value !== MAGIC || protocol.value !== PROTOCOL) {
      throw new BadModelError(`${path} is a pickle, but not a PyTorch model. Get the model as .safetensors.`);
    }
    if (machine.value instanceof Map && machine.value.get('little_endian') === false) {
      throw new BadModelError(`${path} was saved on a big-endian machine. Save it again as .safetensors.`);
    }
    const storages = new Map(
      object.persistentIds.map((reference) => {
        const { storage } = storageOf(path, reference);
        return [storage.key, storage];
      }),
    );
    const places = new Map<string, Place>();
    let offset = keys.end;
    for (const key of Array.isArray(keys.value) ? keys.value : []) {
      const storage = typeof key === 'string' ? storages.get(key) : undefined;
      if (!storage || places.has(storage.key)) {
        throw new BadModelError(`${path} lists a storage twice, or one that no tensor uses. ${DAMAGED}`);
      }
      const count = Number((await readBytes(handle, path, offset, COUNT_BYTES)).readBigInt64LE());
      if (count !== storage.count) {
        throw new BadModelError(
          `${path}: storage ${storage.key} has ${count} elements, not ${storage.count}. ${TRUNCATED}`,
        );
      }
      const place = { offset: offset + COUNT_BYTES, length: count * DTYPE_BYTES[storage.dtype] };
      offset = place.offset + place.length;
      if (offset > size) {
        throw new BadModelError(
          `${path} has ${size} bytes, but its data should extend to byte ${offset}. ${TRUNCATED}`,
        );
      }
      places.set(storage.key, place);
    }
    const tensors = stateDict(path, object.value);
    return { path, size, mtimeMs, metadata: {}, tensors: await entriesOf(path, handle, tensors, places) };
  } finally {
    await handle.close();
  }
}

/** The five pickles at the start: magic number, protocol, machine, the object, storage keys. */
function readPickles(path: string, bytes: Buffer) {
  const magic = unpickle(path, bytes, 0);
  const protocol = unpickle(path, bytes, magic.end);
  const machine = unpickle(path, bytes, protocol.end);
  const object = unpickle(path, bytes, machine.end);
  return [magic, protocol, machine, object, unpickle(path, bytes, object.end)] as const;
}
