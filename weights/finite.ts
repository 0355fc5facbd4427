import { type FileHandle, open } from 'node:fs/promises';
import { BadModelError, type DType, type TensorEntry, TRUNCATED } from './tensor.ts';

/** Bytes that are read at a time. */
const CHUNK = 4 * 2 ** 20;

/**
 * Floating-point types as 32-bit words: the exponents in a word, and one at the lowest bit of each. If all bits of an
 * exponent are set (NaN and infinity in IEEE 754), adding the one carries into the bit of the sign. Other types are
 * finite.
 */
const WORDS: Readonly<
  Partial<Record<DType, { readonly exponents: number; readonly ones: number; readonly signs: number }>>
> = {
  F32: { exponents: 0x7f800000, ones: 0x00800000, signs: 0x80000000 },
  F16: { exponents: 0x7c007c00, ones: 0x04000400, signs: 0x80008000 },
  BF16: { exponents: 0x7f807f80, ones: 0x00800080, signs: 0x80008000 },
  F8_E5M2: { exponents: 0x7c7c7c7c, ones: 0x04040404, signs: 0x80808080 },
  // Only all ones are NaN, in the fraction, too.
  F8_E4M3: { exponents: 0x7f7f7f7f, ones: 0x01010101, signs: 0x80808080 },
};

/**
 * The first tensor with a value that is NaN or infinite; null if there is none. Reads all values, file by file in the
 * order of their places, at about 1.5 GB a second from the system's cache.
 *
 * @throws BadModelError when a file is shorter than its tensors
 */
export async function firstNonFinite(entries: Iterable<TensorEntry>): Promise<TensorEntry | null> {
  const inOrder = [...entries].sort((a, b) => (a.file === b.file ? a.offset - b.offset : a.file < b.file ? -1 : 1));
  const buffer = new Uint8Array(CHUNK);
  let opened = null as { readonly file: string; readonly handle: FileHandle } | null;
  try {
    for (const entry of inOrder) {
      if (entry.gathered) {
        if (!hasOnlyFinite(entry.dtype, aligned(entry.gathered))) return entry;
        continue;
      }
      if (opened?.file !== entry.file) {
        await opened?.handle.close();
        opened = { file: entry.file, handle: await open(entry.file, 'r') };
      }
      if (!(await hasFiniteValues(entry, opened.handle, buffer))) return entry;
    }
    return null;
  } finally {
    await opened?.handle.close();
  }
}

/** Whether all values of a model's output are finite. */
export function allFinite(values: Float32Array): boolean {
  return values.every(Number.isFinite);
}

async function hasFiniteValues(entry: TensorEntry, handle: FileHandle, buffer: Uint8Array): Promise<boolean> {
  if (WORDS[entry.dtype] === undefined && entry.dtype !== 'F64') return true;
  for (let done = 0; done < entry.length; ) {
    const wanted = Math.min(entry.length - done, buffer.length);
    const filled = await fill(entry, handle, buffer.subarray(0, wanted), entry.offset + done);
    // Zeros are finite, and a word may end in another tensor.
    buffer.fill(0, filled, Math.min(buffer.length, filled + 8));
    if (!hasOnlyFinite(entry.dtype, buffer.subarray(0, Math.ceil(filled / 8) * 8))) return false;
    done += filled;
  }
  return true;
}

async function fill({ file }: TensorEntry, handle: FileHandle, bytes: Uint8Array, position: number): Promise<number> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, position + done);
    if (bytesRead === 0) throw new BadModelError(`${file} ends before byte ${position + bytes.length}. ${TRUNCATED}`);
    done += bytesRead;
  }
  return bytes.length;
}

/** A copy at an address that typed arrays of all types accept, padded with zeros. */
function aligned(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
  copy.set(bytes);
  return copy;
}

/** @param bytes aligned, of a length that 8 divides */
function hasOnlyFinite(dtype: DType, bytes: Uint8Array): boolean {
  const { buffer, byteOffset, length } = bytes;
  if (dtype === 'F64') return new Float64Array(buffer, byteOffset, length / 8).every(Number.isFinite);
  const word = WORDS[dtype];
  if (word === undefined) return true;
  const { exponents, ones, signs } = word;
  const words = new Int32Array(buffer, byteOffset, length / 4);
  let carried = 0;
  for (let i = 0; i < words.length; i++) carried |= (words[i]! & exponents) + ones;
  return (carried & signs) === 0;
}
