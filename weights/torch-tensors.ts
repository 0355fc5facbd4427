import type { FileHandle } from 'node:fs/promises';
import { GET_AGAIN } from '../plan/get-again.ts';
import { GlobalName, Instance, PersistentId, type Pickled } from './pickle.ts';
import { readBytes } from './read.ts';
import { BadModelError, DAMAGED, DTYPE_BYTES, type DType, elementCount, type TensorEntry } from './tensor.ts';

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
  ['UntypedStorage', 'U8'],
]);

/** Element types that PyTorch stores without a storage class of their own, with their tensors. */
const TENSOR_DTYPES: ReadonlyMap<string, DType> = new Map([
  ['torch.float8_e4m3fn', 'F8_E4M3'],
  ['torch.float8_e5m2', 'F8_E5M2'],
]);

const MAX_NESTING = 16;
/**
 * Values that are visited to find the tensors. Containers can be shared, so there can be many more paths than values.
 */
const MAX_VISITS = 200_000;
const MAX_NAME = 1000;
const MAX_GATHERED_BYTES = 2 ** 31;
/** A tensor may reach over this many times its own bytes; a transposed one reaches over exactly its own. */
const MAX_SPREAD = 8;

/**
 * The tensors of an unpickled torch file: those of its `state_dict` if it has one (other training state is ignored),
 * else all tensors in nested dicts, with their keys joined by dots.
 *
 * @throws BadModelError when a tensor's description is invalid
 */
export function stateDict(path: string, root: Pickled): TorchTensor[] {
  let visits = 0;
  const spend = (values: number) => {
    visits += values;
    if (visits > MAX_VISITS) {
      throw new BadModelError(
        `${path} is not a model: its containers have more than ${MAX_VISITS} values. ${GET_AGAIN}`,
      );
    }
  };
  const state = mappingOf(mappingOf(root, spend)?.get('state_dict') ?? null, spend) ?? mappingOf(root, spend);
  const tensors: TorchTensor[] = [];
  const names = new Set<string>();
  const walk = (value: Pickled, name: string, ancestors: readonly unknown[]) => {
    const parts = tensorParts(value);
    if (parts) {
      if (names.has(name)) throw new BadModelError(`${path} has two tensors named "${name}". ${DAMAGED}`);
      names.add(name);
      tensors.push(torchTensor(path, name, parts));
      return;
    }
    const mapping = mappingOf(value, spend);
    if (!mapping || ancestors.includes(mapping)) return;
    if (ancestors.length === MAX_NESTING)
      throw new BadModelError(`${path} nests its tensors too deeply at "${name}". ${GET_AGAIN}`);
    for (const [key, inner] of mapping) {
      spend(1);
      if (typeof key !== 'string' && typeof key !== 'number') continue;
      const innerName = name === '' ? String(key) : `${name}.${key}`;
      if (innerName.length > MAX_NAME)
        throw new BadModelError(`${path} has a tensor's name that is too long. ${DAMAGED}`);
      walk(inner, innerName, [...ancestors, mapping]);
    }
  };
  walk(tensorParts(root) ? root : state, '', []);
  return tensors;
}

/**
 * A dict, an OrderedDict, a module's parameters or the attributes of a TorchScript object as a Map; null for everything
 * else. @param spend counts values
 */
function mappingOf(value: Pickled, spend: (values: number) => void): Map<Pickled, Pickled> | null {
  if (value instanceof Map) return value;
  if (!(value instanceof Instance)) return null;
  if (value.items.size > 0) return value.items;
  if (isScriptModule(value)) return value.state instanceof Map ? value.state : null;
  const [pairs] = value.args;
  if (isNamed(value.callable, 'collections.OrderedDict') && Array.isArray(pairs)) {
    spend(pairs.length);
    return mapOfPairs(pairs);
  }
  const parameters = value.state instanceof Map ? value.state.get('_parameters') : undefined;
  // A module's parameters are a dict, not another module.
  return parameters instanceof Map ? parameters : parameters instanceof Instance ? parameters.items : null;
}

/** An object of a TorchScript archive: its attributes are its state, and its class is code, which is not read. */
function isScriptModule({ callable }: Instance): boolean {
  return callable instanceof GlobalName && /^__torch__(?:\.|$)/.test(callable.module);
}

function mapOfPairs(pairs: readonly Pickled[]): Map<Pickled, Pickled> {
  return new Map(pairs.flatMap((pair) => (Array.isArray(pair) && pair.length === 2 ? [[pair[0]!, pair[1]!]] : [])));
}

/** The arguments of `torch._utils._rebuild_tensor[_v2|_v3]`, inside the wrappers that PyTorch adds. */
function tensorParts(value: Pickled): readonly Pickled[] | null {
  let wrapped = value;
  for (let depth = 0; depth < MAX_NESTING; depth++) {
    if (!(wrapped instanceof Instance) || !(wrapped.callable instanceof GlobalName)) return null;
    const { args } = wrapped;
    switch (wrapped.callable.toString()) {
      case 'torch._utils._rebuild_tensor':
      case 'torch._utils._rebuild_tensor_v2':
        return args.slice(0, 4);
      case 'torch._utils._rebuild_tensor_v3':
        return [...args.slice(0, 4), args[6] ?? null];
      case 'torch._utils._rebuild_parameter':
      case 'torch._utils._rebuild_parameter_with_state':
        wrapped = args[0] ?? null;
        break;
      case 'torch._tensor._rebuild_from_type_v2': {
        const [rebuild, , inner] = args;
        if (!Array.isArray(inner)) return null;
        wrapped = new Instance(rebuild ?? null, inner);
        break;
      }
      default:
        return null;
    }
  }
  return null;
}

function isNamed(value: Pickled, name: string): boolean {
  return value instanceof GlobalName && value.toString() === name;
}

const isCount = (value: Pickled | undefined): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

function countsOf(value: Pickled | undefined): number[] | null {
  const list = value instanceof Instance && isNamed(value.callable, 'torch.Size') ? value.args[0] : value;
  return Array.isArray(list) && list.length <= 16 && list.every(isCount) ? list : null;
}

/** @param parts storage, offset, shape, strides and, if the storage has no class of its own, the element type */
function torchTensor(path: string, name: string, parts: readonly Pickled[]): TorchTensor {
  const [reference, offset, size, steps, dtype] = parts;
  const shape = countsOf(size);
  const stride = countsOf(steps);
  if (!(reference instanceof PersistentId) || !isCount(offset) || !shape || stride?.length !== shape.length) {
    throw new BadModelError(`${path}: tensor "${name}" has an invalid description. ${DAMAGED}`);
  }
  const { storage, viewOffset } = storageOf(path, reference, dtype);
  return { name, storage, offset: offset + viewOffset, shape, stride };
}

/**
 * The storage of a reference: `('storage', torch.HalfStorage, key, device, elements)`, in old files with
 * `(view key, offset, elements)` or None after it.
 *
 * @param elements the element type, if it is the tensor's and not the storage's
 * @throws BadModelError when it is anything else, or the element type is not supported
 */
export function storageOf(
  path: string,
  { id }: PersistentId,
  elements?: Pickled,
): { storage: Storage; viewOffset: number } {
  const [tag, type, key, , count, view] = Array.isArray(id) ? id : [];
  const viewOffset = Array.isArray(view) ? view[1] : 0;
  if (
    tag !== 'storage' ||
    !(type instanceof GlobalName) ||
    typeof key !== 'string' ||
    !isCount(count) ||
    !isCount(viewOffset)
  ) {
    throw new BadModelError(`${path} has a tensor whose storage has an invalid description. ${DAMAGED}`);
  }
  const dtype = elements === undefined ? STORAGE_DTYPES.get(type.name) : TENSOR_DTYPES.get(String(elements));
  if (dtype === undefined) {
    throw new BadModelError(
      `${path} has tensors of the unsupported type ${elements ?? type}. ` +
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
  const scattered: { readonly tensor: TorchTensor; readonly entry: TensorEntry }[] = [];
  for (const tensor of tensors) {
    const { name, shape, storage } = tensor;
    const place = places.get(storage.key);
    if (!place) throw new BadModelError(`${path}: the data of tensor "${name}" is missing. ${GET_AGAIN}`);
    const width = DTYPE_BYTES[storage.dtype];
    const length = elementCount(shape) * width;
    if (elementsReached(tensor) * width > place.length || length > place.length) {
      throw new BadModelError(`${path}: tensor "${name}" extends beyond its data. ${DAMAGED}`);
    }
    const entry = {
      name,
      dtype: storage.dtype,
      shape,
      file: path,
      offset: place.offset + tensor.offset * width,
      length,
    };
    entries.set(name, entry);
    if (!isContiguous(tensor)) scattered.push({ tensor, entry });
  }
  // All are checked before the first one is read: a refusal must cost little.
  const gatheredBytes = scattered.reduce((sum, { entry }) => sum + entry.length, 0);
  const wide = scattered.find(({ tensor, entry }) => reachedBytes(tensor) > MAX_SPREAD * entry.length);
  if (gatheredBytes > MAX_GATHERED_BYTES || wide) {
    const which = wide ? `tensor "${wide.entry.name}"` : 'most tensors';
    throw new BadModelError(`${path} stores ${which} out of order. Save it again as .safetensors.`);
  }
  for (const { tensor, entry } of scattered) {
    const bytes = await readBytes(handle, path, entry.offset, reachedBytes(tensor));
    entries.set(entry.name, { ...entry, gathered: gather({ ...tensor, offset: 0 }, bytes) });
  }
  return entries;
}

/** Bytes from the first to the last element of a tensor. */
function reachedBytes(tensor: TorchTensor): number {
  return (elementsReached(tensor) - tensor.offset) * DTYPE_BYTES[tensor.storage.dtype];
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
