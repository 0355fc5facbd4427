import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { DTYPE_BYTES, type DType, elementCount } from '../../weights/tensor.ts';

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'travel weights ü '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Write bytes to a file of a temporary folder and tell its path. */
export function fileOf(bytes: Uint8Array | string, name = 'model.safetensors'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

/** A safetensors file from any header, valid or not. */
export function safetensorsOf(header: unknown, data: Uint8Array = new Uint8Array()): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([prefix, json, data]);
}

export type Shapes = Readonly<Record<string, readonly number[]>>;

/** A safetensors file that holds zeros (or the given bytes) in the given shapes. */
export function safetensorsWith(
  shapes: Shapes,
  { dtype = 'F16', metadata = {} }: { dtype?: DType; metadata?: Record<string, string> } = {},
): Buffer {
  let offset = 0;
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const start = offset;
    offset += elementCount(shape) * DTYPE_BYTES[dtype];
    return [name, { dtype, shape, data_offsets: [start, offset] }];
  });
  return safetensorsOf({ __metadata__: metadata, ...Object.fromEntries(entries) }, new Uint8Array(offset));
}
