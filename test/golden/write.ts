import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DType } from '../../weights/tensor.ts';

/** A tensor's bytes as a safetensors file holds them: row-major, little-endian. */
export interface RawTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export function writeJson(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(value)}\n`);
}

/** Write a safetensors file. Tensors keep their order; the header is padded so that data starts at a multiple of 8. */
export function writeSafetensors(path: string, tensors: Readonly<Record<string, RawTensor>>): void {
  let offset = 0;
  const entries = Object.entries(tensors).map(([name, { dtype, shape, bytes }]) => {
    const start = offset;
    offset += bytes.length;
    return [name, { dtype, shape, data_offsets: [start, offset] }];
  });
  const json = JSON.stringify(Object.fromEntries(entries));
  const header = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.concat([length, header, ...Object.values(tensors).map(({ bytes }) => bytes)]));
}
