import type { FileHandle } from 'node:fs/promises';
import { GlobalName, Instance, PersistentId, type Pickled } from './pickle.ts';
import { readBytes } from './read.ts';
import { BadModelError, DTYPE_BYTES, type DType, elementCount, type TensorEntry } from './tensor.ts';

/** The storage of a tensor's elements, by PyTorch's key; several tensors may share one. */
export interface Storage {
  readonly key: string;
  readonly dtype: DType;
  readonly count: number;
}

/** A tensor as PyTorch describes it: element `i…` is at `offset + Σ i·stride` of its storage. */
interface TorchTensor {
  readonly name: string;
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
}

/** The position of a storage in the file. */
export interface Place {
  readonly offset: number;
  readonly length: number;
}

const STORAGE_DTYPES: ReadonlyMap<string, DType> = new Map([
  ['FloatStorage', 'F32'],
  ['HalfStorage', 'F16'],
  ['BFloat16Storage', 'BF16'],
  ['DoubleStorage', 'F64'],
  ['LongStorage', 'I64'],
  ['IntStorage', 'I32'],
  ['ShortStorage', 'I16'],
  ['CharStorage', 'I8'],
  ['ByteStorage', 'U8'],
  ['BoolStorage', 'BOOL'],
]);

const MAX_NESTING = 16;
const MAX_GATHERED_BYTES = 2 ** 31;

/**
 * The tensors of an unpickled torch file: those of its `state_dict` if it has one (other training state is ignored), else
 * all tensors in nested dicts, with their keys joined by dots.
 *
 * @throws BadModelError when a tensor's description is invalid
 */
export function stateDict(path: string, root: Pickled): TorchTensor[] {
  const state = mappingOf(mappingOf(root)?.get('state_dict') ?? null) ?? mappingOf(root);
  const tensors: TorchTensor[] = [];
  const names = new Set<string>();
  const walk = (value: Pickled, name: string, ancestors: readonly unknown[]) => {
    const parts = tensorParts(value);
    if (parts) {
      if (names.has(name)) throw new BadModelError(`${path} has two tensors named "${name}".`);
      names.add(name);
      tensors.push(torchTensor(path, name, parts));
      return;
    }
    const mapping = mappingOf(value);
    if (!mapping || ancestors.includes(mapping)) return;
    if (ancestors.length === MAX_NESTING) throw new BadModelError(`${path} nests its tensors too deeply at "${name}".`);
    for (const [key, inner] of mapping) {
      if (typeof key !== 'string' && typeof key !== 'number') continue;
      walk(inner, name === '' ? String(key) : `${name}.${key}`, [...ancestors, mapping]);
    }
  };
  walk(tensorParts(root) ? root : state, '', []);
  return tensors;
}

/** A dict, an OrderedDict or a module's parameters as a Map; null for everything else. */
function mappingOf(value: Pickled): Map<Pickled, Pickled> | null {
  if (value instanceof Map) return value;
  if (!(value instanceof Instance)) return null;
  if (value.items.size > 0) return value.items;
  const [pairs] = value.args;
  if (isNamed(value.callable, 'collections.OrderedDict') && Array.isArray(pairs)) {
    return new Map(pairs.flatMap((pair) => (Array.isArray(pair) && pair.length === 2 ? [[pair[0]!, pair[1]!]] : [])));
  }
  const parameters = value.state instanceof Map ? value.state.get('_parameters') : undefined;
  return parameters === undefined ? null : mappingOf(parameters);
}

/** The arguments of `torch._utils._rebuild_tensor[_v2]`, inside the wrappers that PyTorch adds. */
function tensorParts(value: Pickled): readonly Pickled[] | null {
  if (!(value instanceof Instance) || !(value.callable instanceof GlobalName)) return null;
  const { args } = value;
  switch (value.callable.toString()) {
    case 'torch._utils._rebuild_tensor':
    case 'torch._utils._rebuild_tensor_v2':
      return args;
    case 'torch._utils._rebuild_parameter':
    case 'torch._utils._rebuild_parameter_with_state':
      return tensorParts(args[0] ?? null);
    case 'torch._tensor._rebuild_from_type_v2': {
      const [rebuild, , inner] = args;
      return Array.isArray(inner) ? tensorParts(new Instance(rebuild ?? null, inner)) : null;
    }
    default:
      return null;
  }
}

function isNamed(value: Pickled, name: string): boolean {
  return value instanceof GlobalName && value.toString() === name;
}

const isCount = (value: Pickled | undefined): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

function countsOf(value: Pickled | undefined): number[] | null {
  const list = value instanceof Instance && isNamed(value.callable, 'torch.Size') ? value.args[0] : value;
  return Array.isArray(list) && list.length <= 16 && list.every(isCount) ? list : null;
}

function torchTensor(path: string, name: string, [reference, offset, size, steps]: readonly Pickled[]): TorchTensor {
  const shape = countsOf(size);
  const stride = countsOf(steps);
  if (!(reference instanceof PersistentId) || !isCount(offset) || !shape || stride?.length !== shape.length) {
    throw new BadModelError(`${path}: tensor "${name}" has an invalid description. The file is damaged.`);
  }
  const { storage, viewOffset } = storageOf(path, reference);
  return { name, storage, offset: offset + viewOffset, shape, stride };
}

/**
 * The storage of a reference: `('storage', torch.HalfStorage, key, device, elements)`, in old files with
 * `(view key, offset, elements)` or None after it.
 *
 * @throws BadModelError when it is anything else, or the element type is not supported
 */
export function storageOf(path: string, { id }: PersistentId): { storage: Storage; viewOffset: number } {
  const [tag, type, key, , count, view] = Array.isArray(id) ? id : [];
  const viewOffset = Array.isArray(view) ? view[1] : 0;
  if (
    tag !== 'storage' ||
    !(type instanceof GlobalName) ||
    typeof key !== 'string' ||
    !isCount(count) ||
    !isCount(viewOffset)
  ) {
    throw new BadModelError(`${path} has a tensor whose storage has an invalid description. The file is damaged.`);
  }
  const dtype = STORAGE_DTYPES.get(type.name);
  if (dtype === undefined) {
    throw new BadModelError(
      `${path} has tensors of the unsupported type ${type}. ` +
        'Use a version of the model in float16, bfloat16 or float32.',
    );
  }
  return { storage: { key, dtype, count }, viewOffset };
}

/**
 * The positions of tensors in the file. A tensor whose elements are in another order is gathered into memory.
 *
 * @param places position of each storage key
 * @throws BadModelError when a tensor extends beyond its storage
 */
export async function entriesOf(
  path: string,
  handle: FileHandle,
  tensors: readonly TorchTensor[],
  places: ReadonlyMap<string, Place>,
): Promise<Map<string, TensorEntry>> {
  const entries = new Map<string, TensorEntry>();
  let gatheredBytes = 0;
  for (const tensor of tensors) {
    const { name, shape, storage } = tensor;
    const place = places.get(storage.key);
    if (!place) throw new BadModelError(`${path}: the data of tensor "${name}" is missing. Download the file again.`);
    const width = DTYPE_BYTES[storage.dtype];
    const length = elementCount(shape) * width;
    if (elementsReached(tensor) * width > place.length || length > place.length) {
      throw new BadModelError(`${path}: tensor "${name}" extends beyond its data. The file is damaged.`);
    }
    const entry = {
      name,
      dtype: storage.dtype,
      shape,
      file: path,
      offset: place.offset + tensor.offset * width,
      length,
    };
    if (isContiguous(tensor)) {
      entries.set(name, entry);
      continue;
    }
    gatheredBytes += length;
    if (gatheredBytes > MAX_GATHERED_BYTES) {
      throw new BadModelError(`${path} stores most tensors out of order. Save it again as .safetensors.`);
    }
    const bytes = await readBytes(handle, path, place.offset, place.length);
    entries.set(name, { ...entry, offset: place.offset, gathered: gather(tensor, bytes) });
  }
  return entries;
}

/** One past the last element of the storage that the tensor uses. */
function elementsReached({ shape, stride, offset }: TorchTensor): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((last, dim, i) => last + (dim - 1) * stride[i]!, offset) + 1;
}

function isContiguous({ shape, stride }: TorchTensor): boolean {
  if (shape.includes(0)) return true;
  let expected = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && stride[i] !== expected) return false;
    expected *= shape[i]!;
  }
  return true;
}

/** The tensor's elements in row-major order. */
function gather({ shape, stride, offset, storage }: TorchTensor, bytes: Uint8Array): Uint8Array {
  const width = DTYPE_BYTES[storage.dtype];
  const count = elementCount(shape);
  const gathered = new Uint8Array(count * width);
  const index = shape.map(() => 0);
  let from = offset;
  for (let i = 0; i < count; i++) {
    for (let byte = 0; byte < width; byte++) gathered[i * width + byte] = bytes[from * width + byte]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += stride[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= stride[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return gathered;
}
