import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { openSafetensors } from '../../weights/safetensors.ts';
import type { TensorEntry } from '../../weights/tensor.ts';

/**
 * The parts of a manifest that every case with tensors has. Text cases have more keys, which their checkers parse. A
 * file that is a bare list is read as its `cases`.
 */
export const Manifest = z.looseObject({
  params: z.record(z.string(), z.unknown()).optional(),
  inputs: z.unknown().optional(),
  outputs: z.unknown().optional(),
  tolerances: z
    .record(
      z.string(),
      z.looseObject({
        atol: z.number().optional(),
        rtol: z.number().optional(),
        max_abs: z.number().optional(),
        fraction_over_1: z.number().optional(),
      }),
    )
    .optional(),
});
export type Manifest = z.infer<typeof Manifest>;

/** A reference tensor. 64-bit integers are converted to numbers. */
export interface GoldenTensor {
  readonly data: Float32Array | Float64Array | Uint8Array | Int32Array;
  readonly dims: readonly number[];
}

export interface GoldenCase {
  /** `components/vae`: folder and name. */
  readonly id: string;
  /** Root folder of the set; paths of model files in manifests are relative to it. */
  readonly folder: string;
  readonly manifest: Manifest;
  readonly tensorNames: readonly string[];
  has(name: string): boolean;
  /** @throws if the case has no such tensor */
  tensor(name: string): GoldenTensor;
}

export type Outcome = { readonly status: 'passed' | 'failed' | 'skipped'; readonly detail: string };
export type Checker = (golden: GoldenCase) => Promise<Outcome> | Outcome;

/** Results under the names of the case's tensors. */
export type Outputs = Readonly<Record<string, ArrayLike<number>>>;
/** Computes the outputs of a case from its inputs, to be compared with its tensors. */
export type Computation = (golden: GoldenCase) => Promise<Outputs>;

/** The ids of all cases in a folder, sorted. A case is a JSON file in a subfolder. */
export function caseIds(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((group) =>
      readdirSync(join(folder, group.name))
        .filter((file) => file.endsWith('.json'))
        .map((file) => `${group.name}/${file.slice(0, -'.json'.length)}`),
    )
    .sort();
}

export async function openCase(folder: string, id: string): Promise<GoldenCase> {
  const json: unknown = JSON.parse(readFileSync(join(folder, `${id}.json`), 'utf8'));
  const manifest = Manifest.parse(Array.isArray(json) ? { cases: json } : json);
  const tensorsPath = join(folder, `${id}.safetensors`);
  const tensors = existsSync(tensorsPath) ? (await openSafetensors(tensorsPath)).tensors : new Map();
  return {
    id,
    folder,
    manifest,
    tensorNames: [...tensors.keys()],
    has: (name) => tensors.has(name),
    tensor(name) {
      const entry = tensors.get(name);
      if (!entry) throw new Error(`${id} has no tensor "${name}"`);
      return readTensor(entry);
    },
  };
}

function readTensor(entry: TensorEntry): GoldenTensor {
  const bytes = new Uint8Array(entry.length);
  const descriptor = openSync(entry.file, 'r');
  try {
    readSync(descriptor, bytes, 0, entry.length, entry.offset);
  } finally {
    closeSync(descriptor);
  }
  const { buffer } = bytes;
  switch (entry.dtype) {
    case 'F32':
      return { data: new Float32Array(buffer), dims: entry.shape };
    case 'F64':
      return { data: new Float64Array(buffer), dims: entry.shape };
    case 'F16':
      return { data: Float32Array.from(new Uint16Array(buffer), halfToFloat), dims: entry.shape };
    case 'I64':
      return { data: Float64Array.from(new BigInt64Array(buffer), Number), dims: entry.shape };
    case 'I32':
      return { data: new Int32Array(buffer), dims: entry.shape };
    case 'U8':
    case 'BOOL':
      return { data: bytes, dims: entry.shape };
    default:
      throw new Error(`${entry.file}: tensor "${entry.name}" has type ${entry.dtype}, which is not supported here`);
  }
}

/** Converts the bits of an IEEE 754 half-precision number. */
function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
