import { open } from 'node:fs/promises';
import { z } from 'zod';
import { GET_AGAIN } from '../plan/get-again.ts';
import { headerProblem, withoutLongValues } from './header-scan.ts';
import { readBytes } from './read.ts';
import {
  BadModelError,
  DAMAGED,
  DTYPE_BYTES,
  elementCount,
  isDType,
  type TensorEntry,
  TRUNCATED,
  type WeightsFile,
} from './tensor.ts';

/** The reference implementation allows 100 MB, but no model has a tenth of this. */
const MAX_HEADER_BYTES = 32 * 2 ** 20;
const MAX_TENSORS = 100_000;
/** Longer than any name of a tensor; patterns are matched with names. */
const MAX_NAME = 1000;
const PREFIX_BYTES = 8;
/** Of a value in a message. */
const LONGEST_VALUE = 100;

const Metadata = z.record(z.string(), z.string());
const HeaderTensor = z.object({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()).max(16),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});

/**
 * Index a `.safetensors` file: an 8-byte little-endian header length, a JSON header, then the tensors' bytes, without
 * overlap, gap or remainder (github.com/huggingface/safetensors, "Format"). Reads only the header.
 *
 * @param path absolute path
 * @throws BadModelError when the header is invalid, or refers to bytes that the file does not have
 */
export async function openSafetensors(path: string): Promise<WeightsFile> {
  const handle = await open(path, 'r');
  try {
    const { size, mtimeMs } = await handle.stat();
    if (size < PREFIX_BYTES)
      throw new BadModelError(
        `${path} is not a model file, or it is truncated: it has only ${size} bytes. ${GET_AGAIN}`,
      );
    const headerLength = (await readBytes(handle, path, 0, PREFIX_BYTES)).readBigUInt64LE();
    if (headerLength > MAX_HEADER_BYTES) {
      throw new BadModelError(
        `${path} is not a model file, or it is damaged: its first ${PREFIX_BYTES} bytes are not the length of a ` +
          `.safetensors header. ${GET_AGAIN}`,
      );
    }
    if (headerLength === 0n) {
      throw new BadModelError(`${path} is not a model file, or it is damaged: it starts with zeros. ${GET_AGAIN}`);
    }
    const dataStart = PREFIX_BYTES + Number(headerLength);
    if (dataStart > size) {
      throw new BadModelError(
        `${path} has ${size} bytes, but its .safetensors header alone extends to byte ${dataStart}. ${TRUNCATED}`,
      );
    }
    const header = parseHeader(path, await readBytes(handle, path, PREFIX_BYTES, Number(headerLength)));
    const tensors = header.entries.map(([name, value]) => entryOf(path, dataStart, size, name, value));
    checkLayout(path, dataStart, size, tensors);
    return { path, size, mtimeMs, metadata: header.metadata, tensors: new Map(tensors.map((t) => [t.name, t])) };
  } finally {
    await handle.close();
  }
}

function parseHeader(path: string, bytes: Buffer) {
  const problem = headerProblem(bytes);
  if (problem !== null) throw new BadModelError(`${path}: its .safetensors header ${problem}. ${DAMAGED}`);
  let json: unknown;
  try {
    json = JSON.parse(withoutLongValues(bytes).toString('utf8'));
  } catch {
    throw new BadModelError(`${path}: its .safetensors header is not valid JSON. ${DAMAGED}`);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new BadModelError(`${path}: its .safetensors header is not a JSON object. ${DAMAGED}`);
  }
  const metadata = Metadata.safeParse(Object.hasOwn(json, '__metadata__') ? Reflect.get(json, '__metadata__') : {});
  return {
    metadata: metadata.success ? metadata.data : {},
    entries: namedEntries(path, json),
  };
}

function namedEntries(path: string, json: object): [string, unknown][] {
  const entries = Object.entries(json).filter(([name]) => name !== '__metadata__');
  if (entries.length > MAX_TENSORS) {
    throw new BadModelError(
      `${path} is not a model: its header has ${entries.length} tensors (at most ${MAX_TENSORS}). ${GET_AGAIN}`,
    );
  }
  const long = entries.find(([name]) => name.length > MAX_NAME);
  if (long)
    throw new BadModelError(
      `${path}: a tensor's name has ${long[0].length} characters (at most ${MAX_NAME}). ${DAMAGED}`,
    );
  return entries;
}

function entryOf(path: string, dataStart: number, size: number, name: string, value: unknown): TensorEntry {
  const parsed = HeaderTensor.safeParse(value);
  if (!parsed.success) {
    const key = parsed.error.issues[0]!.path[0];
    throw new BadModelError(`${path}: tensor "${name}" has ${defectOf(value, key)}. ${DAMAGED}`);
  }
  const { dtype, shape, data_offsets } = parsed.data;
  if (!isDType(dtype)) {
    throw new BadModelError(
      `${path}: tensor "${name}" has the unsupported type ${dtype}. ` +
        `Use a version of the model in F16, BF16 or F32.`,
    );
  }
  const [start, end] = data_offsets;
  const expected = elementCount(shape) * DTYPE_BYTES[dtype];
  if (end - start !== expected) {
    throw new BadModelError(
      `${path}: tensor "${name}" (${dtype} ${shape.join('×')}) needs ${expected} bytes, ` +
        `but has ${end - start} in the file. ${DAMAGED}`,
    );
  }
  if (dataStart + end > size) {
    throw new BadModelError(
      `${path}: tensor "${name}" should end at byte ${dataStart + end}, but the file has ${size}. ${TRUNCATED}`,
    );
  }
  return { name, dtype, shape, file: path, offset: dataStart + start, length: expected };
}

const EXPECTED: Readonly<Record<string, string>> = {
  dtype: 'the name of a type',
  shape: 'a list of sizes',
  data_offsets: 'two byte positions',
};

/** What is wrong with a tensor's description in the header, as after “The tensor has …”. @param key the invalid part */
function defectOf(description: unknown, key: PropertyKey | undefined): string {
  const expected = EXPECTED[String(key)];
  if (expected === undefined || typeof description !== 'object' || description === null) {
    return `the invalid description ${shortJson(description)} instead of a dtype, a shape and data_offsets`;
  }
  if (!Object.hasOwn(description, key!)) return `no ${String(key)}`;
  return `the invalid ${String(key)} ${shortJson(Reflect.get(description, key!))} instead of ${expected}`;
}

function shortJson(value: unknown): string {
  const json = JSON.stringify(value);
  return json.length > LONGEST_VALUE ? `${json.slice(0, LONGEST_VALUE)}…` : json;
}

/** Every byte after the header belongs to one tensor, as the reference implementation requires. */
function checkLayout(path: string, dataStart: number, size: number, tensors: readonly TensorEntry[]): void {
  let end = dataStart;
  for (const tensor of tensors.toSorted((a, b) => a.offset - b.offset || a.length - b.length)) {
    if (tensor.offset !== end) {
      const what = tensor.offset < end ? 'overlaps the tensor before it' : 'has a gap before it';
      throw new BadModelError(
        `${path}: tensor "${tensor.name}" ${what} (byte ${tensor.offset}, expected ${end}). ${DAMAGED}`,
      );
    }
    end += tensor.length;
  }
  if (end !== size) {
    throw new BadModelError(`${path} has ${size - end} bytes after its last tensor, which no tensor uses. ${DAMAGED}`);
  }
}
