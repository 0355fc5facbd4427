import { readFileSync } from 'node:fs';
import { openWeights } from '../../../weights/open.ts';
import { readFloats } from '../../../weights/read.ts';
import { DTYPE_BYTES, type DType, elementCount } from '../../../weights/tensor.ts';
import type { RawTensor } from '../../golden/write.ts';
import { safetensorsOf } from '../files.ts';

export type Raw = ReadonlyMap<string, RawTensor>;

/** The tensors of a file with their bytes, by the names in the plain layout. */
export async function rawTensors(path: string): Promise<Raw> {
  const bytes = readFileSync(path);
  const { tensors } = await openWeights(path);
  return new Map(
    [...tensors].map(([name, { dtype, shape, offset, length, gathered }]) => [
      name,
      { dtype, shape, bytes: gathered ?? bytes.subarray(offset, offset + length) },
    ]),
  );
}

/** A safetensors file. */
export function fileBytes(tensors: Raw, metadata: Readonly<Record<string, string>> = {}): Buffer {
  let offset = 0;
  const header = [...tensors].map(([name, { dtype, shape, bytes }]) => {
    const start = offset;
    offset += bytes.length;
    return [name, { dtype, shape, data_offsets: [start, offset] }] as const;
  });
  const data = Buffer.concat([...tensors.values()].map(({ bytes }) => bytes));
  return safetensorsOf({ __metadata__: metadata, ...Object.fromEntries(header) }, data);
}

/** Other names; null leaves a tensor out. */
export const renamed = (tensors: Raw, rename: (name: string) => string | null): Raw =>
  new Map([...tensors].flatMap(([name, tensor]) => (rename(name) === null ? [] : [[rename(name)!, tensor]])));

export const picked = (tensors: Raw, pattern: RegExp): Raw =>
  renamed(tensors, (name) => (pattern.test(name) ? name : null));

export const withTensors = (tensors: Raw, more: Readonly<Record<string, RawTensor>>): Raw =>
  new Map([...tensors, ...Object.entries(more)]);

export const filled = (dtype: DType, shape: readonly number[], byte = 0): RawTensor => ({
  dtype,
  shape,
  bytes: new Uint8Array(elementCount(shape) * DTYPE_BYTES[dtype]).fill(byte),
});

/** The floating-point tensors of more than one axis in another type, the nearest value of it. */
export async function castTo(tensors: Raw, dtype: 'BF16' | 'F8_E4M3' | 'F8_E5M2' | 'F32'): Promise<Raw> {
  const cast = new Map<string, RawTensor>();
  for (const [name, tensor] of tensors) {
    const isWeight = tensor.dtype.startsWith('F') && tensor.shape.length > 1;
    cast.set(name, isWeight ? { ...tensor, dtype, bytes: encoded(await valuesOf(tensor), dtype) } : tensor);
  }
  return cast;
}

export const valuesOf = ({ dtype, shape, bytes }: RawTensor): Promise<Float32Array> =>
  readFloats({ name: '', file: '', offset: 0, dtype, shape, length: bytes.length, gathered: Uint8Array.from(bytes) });

function encoded(values: Float32Array, dtype: 'BF16' | 'F8_E4M3' | 'F8_E5M2' | 'F32'): Uint8Array {
  if (dtype === 'F32') return new Uint8Array(Float32Array.from(values).buffer);
  const words = new Uint32Array(Float32Array.from(values).buffer);
  if (dtype === 'BF16') return new Uint8Array(Uint16Array.from(words, (word) => word >>> 16).buffer);
  return Uint8Array.from(values, (value) => fp8(value, dtype === 'F8_E4M3' ? E4M3 : E5M2));
}

const E4M3 = { bias: 7, fraction: 3, largest: 448 };
const E5M2 = { bias: 15, fraction: 2, largest: 57344 };

/** By arithmetic, not by the reader's tables: sign, exponent and rounded fraction. */
function fp8(value: number, { bias, fraction, largest }: typeof E4M3): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x80 : 0;
  const size = Math.min(Math.abs(value), largest);
  const exponent = Math.max(Math.floor(Math.log2(size || Number.MIN_VALUE)), 1 - bias);
  // A fraction that rounds up carries into the exponent.
  const steps = Math.round(size / 2 ** (exponent - fraction));
  return sign | (((exponent + bias - 1) << fraction) + steps);
}
