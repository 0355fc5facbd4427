import { type FileHandle, open } from 'node:fs/promises';
import { GET_AGAIN } from '../plan/get-again.ts';
import { BadModelError, type TensorEntry } from './tensor.ts';

/** Node reads at most 2 GiB at once. */
const READ_CHUNK = 1 << 30;

/**
 * Exactly `length` bytes from `offset` of an open file.
 *
 * @throws BadModelError when the file is shorter
 */
export async function readBytes(handle: FileHandle, path: string, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(buffer, done, Math.min(length - done, READ_CHUNK), offset + done);
    if (bytesRead === 0) {
      throw new BadModelError(
        `${path} ends before byte ${offset + length}. It is truncated, or changed while being read. ${GET_AGAIN}`,
      );
    }
    done += bytesRead;
  }
  return buffer;
}

/** One tensor's values as float32; F64 and I64 are rounded to the nearest. */
export async function readFloats(entry: TensorEntry): Promise<Float32Array> {
  return (await readAllFloats([entry]))[0]!;
}

/** Values of several tensors as float32, in order. Each file is opened once. */
export async function readAllFloats(entries: readonly TensorEntry[]): Promise<Float32Array[]> {
  const handles = new Map<string, FileHandle>();
  try {
    const values: Float32Array[] = [];
    for (const entry of entries) {
      if (entry.gathered) {
        values.push(toFloats(entry, Buffer.from(entry.gathered)));
        continue;
      }
      const handle = handles.get(entry.file) ?? (await open(entry.file, 'r'));
      handles.set(entry.file, handle);
      values.push(toFloats(entry, await readBytes(handle, entry.file, entry.offset, entry.length)));
    }
    return values;
  } finally {
    for (const handle of handles.values()) await handle.close();
  }
}

function toFloats({ dtype, length }: TensorEntry, bytes: Buffer): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const each = (size: number, at: (offset: number) => number) => {
    const values = new Float32Array(length / size);
    for (let i = 0; i < values.length; i++) values[i] = at(i * size);
    return values;
  };
  switch (dtype) {
    case 'F32':
      return each(4, (i) => view.getFloat32(i, true));
    case 'F16':
      return each(2, (i) => halfToFloat(view.getUint16(i, true)));
    case 'BF16':
      return bfloatToFloats(view, length / 2);
    case 'F64':
      return each(8, (i) => view.getFloat64(i, true));
    case 'I64':
      return each(8, (i) => Number(view.getBigInt64(i, true)));
    case 'I32':
      return each(4, (i) => view.getInt32(i, true));
    case 'I16':
      return each(2, (i) => view.getInt16(i, true));
    case 'I8':
      return each(1, (i) => view.getInt8(i));
    case 'U8':
    case 'BOOL':
      return each(1, (i) => view.getUint8(i));
    case 'F8_E4M3':
      return each(1, (i) => e4m3ToFloat(view.getUint8(i)));
    case 'F8_E5M2':
      // The upper half of a binary16.
      return each(1, (i) => halfToFloat(view.getUint8(i) << 8));
  }
}

/** IEEE 754 binary16: sign, 5 exponent bits (bias 15), 10 fraction bits. */
function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** E4M3FN: sign, 4 exponent bits (bias 7), 3 fraction bits; without infinity (arXiv 2209.05433). */
function e4m3ToFloat(bits: number): number {
  const sign = bits & 0x80 ? -1 : 1;
  const exponent = (bits >> 3) & 0xf;
  const fraction = bits & 7;
  if (exponent === 0) return sign * fraction * 2 ** -9;
  if ((bits & 0x7f) === 0x7f) return Number.NaN;
  return sign * (1 + fraction / 8) * 2 ** (exponent - 7);
}

/** bfloat16 is the upper half of a float32. */
function bfloatToFloats(view: DataView, count: number): Float32Array {
  const bits = new Uint32Array(count);
  for (let i = 0; i < count; i++) bits[i] = view.getUint16(2 * i, true) << 16;
  return new Float32Array(bits.buffer);
}
