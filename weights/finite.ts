import { open } from 'node:fs/promises';
import { readBytes } from './read.ts';
import type { DType, TensorEntry } from './tensor.ts';

/** Bits of the exponent by element type; all of them are set in NaN and infinity (IEEE 754). Integers are always finite. */
const EXPONENT: Readonly<Partial<Record<DType, number>>> = { F32: 0x7f800000, F16: 0x7c00, BF16: 0x7f80 };

/** The first tensor with a value that is NaN or infinite; null if there is none. Reads all values. */
export async function firstNonFinite(entries: Iterable<TensorEntry>): Promise<TensorEntry | null> {
  for (const entry of entries) if (!hasOnlyFinite(entry.dtype, await bytesOf(entry))) return entry;
  return null;
}

/** Whether all values of a model's output are finite. */
export function allFinite(values: Float32Array): boolean {
  return values.every(Number.isFinite);
}

async function bytesOf({ gathered, file, offset, length }: TensorEntry): Promise<Uint8Array> {
  if (gathered) return gathered;
  const handle = await open(file, 'r');
  try {
    return await readBytes(handle, file, offset, length);
  } finally {
    await handle.close();
  }
}

function hasOnlyFinite(dtype: DType, bytes: Uint8Array): boolean {
  // A typed array needs an aligned start.
  const { buffer } = bytes.byteOffset % 8 === 0 ? bytes : Uint8Array.from(bytes);
  const start = bytes.byteOffset % 8 === 0 ? bytes.byteOffset : 0;
  if (dtype === 'F64') return new Float64Array(buffer, start, bytes.length / 8).every(Number.isFinite);
  const mask = EXPONENT[dtype];
  if (mask === undefined) return true;
  const values =
    dtype === 'F32'
      ? new Uint32Array(buffer, start, bytes.length / 4)
      : new Uint16Array(buffer, start, bytes.length / 2);
  for (const value of values) if ((value & mask) >>> 0 === mask) return false;
  return true;
}
