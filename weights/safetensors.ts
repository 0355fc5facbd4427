import { open } from 'node:fs/promises';
import { z } from 'zod';
import { BadModelError, DTYPE_BYTES, type DType, type TensorEntry, type WeightsFile } from './tensor.ts';

const MAX_HEADER_BYTES = 100_000_000;

const Header = z.record(z.string(), z.unknown());
const Metadata = z.record(z.string(), z.string());
const HeaderTensor = z.object({
  dtype: z.enum(Object.keys(DTYPE_BYTES) as [DType, ...DType[]]),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});

/**
 * Index a `.safetensors` file: an 8-byte little-endian header length, a JSON header, then the tensors' bytes
 * (github.com/huggingface/safetensors, "Format"). Reads the header only.
 *
 * @param path absolute path
 * @throws BadModelError when the header is not one, or speaks of bytes that the file does not have
 */
export async function openSafetensors(path: string): Promise<WeightsFile> {
  const handle = await open(path, 'r');
  try {
    const { size, mtimeMs } = await handle.stat();
    const prefix = Buffer.alloc(8);
    const { bytesRead } = await handle.read(prefix, 0, 8, 0);
    const headerLength = bytesRead === 8 ? Number(prefix.readBigUInt64LE()) : 0;
    if (headerLength < 2 || headerLength > MAX_HEADER_BYTES || 8 + headerLength > size) {
      throw new BadModelError(
        `${path} is not a complete .safetensors file (${size} bytes, header of ${headerLength}). ` +
          'It may be cut off: download or copy it again.',
      );
    }
    const header = Buffer.alloc(headerLength);
    await handle.read(header, 0, headerLength, 8);
    const { metadata, tensors } = parseHeader(path, header.toString('utf8'), 8 + headerLength, size);
    return { path, size, mtimeMs, metadata, tensors };
  } finally {
    await handle.close();
  }
}

function parseHeader(path: string, text: string, dataStart: number, size: number) {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new BadModelError(`${path} has a .safetensors header that is not JSON (${(error as Error).message}).`);
  }
  const { __metadata__, ...entries } = Header.parse(json);
  const tensors = new Map<string, TensorEntry>();
  for (const [name, value] of Object.entries(entries)) {
    const parsed = HeaderTensor.safeParse(value);
    if (!parsed.success) {
      throw new BadModelError(
        `${path}: tensor "${name}" is not described as safetensors does (${parsed.error.message}).`,
      );
    }
    const { dtype, shape, data_offsets } = parsed.data;
    const [start, end] = data_offsets;
    const length = end - start;
    const expected = shape.reduce((product, dim) => product * dim, DTYPE_BYTES[dtype]);
    if (length !== expected || dataStart + end > size) {
      throw new BadModelError(
        `${path}: tensor "${name}" (${dtype} ${shape.join('×')}) should lie at bytes ${dataStart + start} to ` +
          `${dataStart + end}, but the file has ${size}. It may be cut off: download or copy it again.`,
      );
    }
    tensors.set(name, { name, dtype, shape, file: path, offset: dataStart + start, length });
  }
  return { metadata: Metadata.catch({}).parse(__metadata__ ?? {}), tensors };
}
