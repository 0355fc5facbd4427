import { GET_AGAIN } from '../plan/get-again.ts';

/** Bytes of each element type of model files, by safetensors' names. */
export const DTYPE_BYTES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
} as const;
export type DType = keyof typeof DTYPE_BYTES;

/** Types in 8-bit floating point. */
export const isFp8 = (dtype: DType) => dtype === 'F8_E4M3' || dtype === 'F8_E5M2';

/** A tensor in its file: row-major, little-endian, contiguous. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Absolute path. */
  readonly file: string;
  /** Byte offset in the file. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
  /**
   * The tensor's bytes, if the file has them in another order (a transposed tensor in a .ckpt). `offset` is then only
   * the start of its storage.
   */
  readonly gathered?: Uint8Array;
}

/** The index of a model file: names, shapes and positions of its tensors. */
export interface WeightsFile {
  /** Absolute path. */
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  /** safetensors' `__metadata__`; empty for other formats. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
}

/** A model file cannot be used. The message includes the file, what is wrong with it and what to do. */
export class BadModelError extends Error {
  override readonly name = 'BadModelError';
}

/** A model file could not be read. It may be readable a moment later, as when a network drive is back. */
export class UnreadableModelError extends BadModelError {}

/** What is wrong with a file and what to do, at the end of its message. */
export const TRUNCATED = `It may be truncated. ${GET_AGAIN}`;
export const DAMAGED = `The file is damaged. ${GET_AGAIN}`;

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/** Bytes of tensors when their values are unpacked to float32. */
export function float32Bytes(tensors: Iterable<Pick<TensorEntry, 'shape'>>): number {
  let bytes = 0;
  for (const { shape } of tensors) bytes += 4 * elementCount(shape);
  return bytes;
}

/** Whether a tensor type is supported. */
export function isDType(name: string): name is DType {
  return Object.hasOwn(DTYPE_BYTES, name);
}
