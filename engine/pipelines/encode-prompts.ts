import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlanPrompt, TravelPlan } from '../../plan/plan.ts';
import type { PromptChunk } from '../../prompt/chunks.ts';
import type { ClipTokenizer } from '../../prompt/clip-tokenizer.ts';
import { applyEmphasis } from '../../prompt/emphasis.ts';
import { negativePromptMeaning, type PromptPart, promptMeaning } from '../../prompt/meaning.ts';
import { makeFolder } from '../media/make-folder.ts';
import type { ChunkInput, TextEncoder } from '../models/text-encoder/text-encoder.ts';
import type { EncodedPart, EncodedPrompt } from './conditioning.ts';

/** Vectors of a textual-inversion embedding, each of the text encoder's width. */
export type EmbeddingVectors = ReadonlyMap<string, readonly Float32Array[]>;

export interface EncodeOptions {
  readonly encoder: Pick<TextEncoder, 'encode' | 'tokens' | 'width'>;
  readonly tokenizer: ClipTokenizer;
  readonly embeddings: EmbeddingVectors;
  /** Strength of each LoRA of the text encoder while a prompt is encoded. */
  readonly loraStrengths: (prompt: PlanPrompt) => readonly number[];
  readonly cache: EncodingCache;
  readonly onPrompt?: (done: number, total: number) => void;
}

type EncodedPlan = Pick<TravelPlan, 'prompts' | 'frames' | 'emphasis' | 'sampling'>;

/**
 * Encode every prompt of a plan, once, for the roles in which some frame uses it.
 *
 * @returns by index of the plan's `prompts`
 */
export async function encodePrompts(plan: EncodedPlan, options: EncodeOptions): Promise<EncodedPrompt[]> {
  const { tokenizer, embeddings, onPrompt } = options;
  const vectors = new Map([...embeddings].map(([name, list]) => [name, list.length]));
  const meaning = { steps: plan.sampling.steps, tokenizer, embeddings: vectors, emphasis: plan.emphasis };
  const positive = new Set(plan.frames.flatMap((frame) => [frame.positive.from, frame.positive.to]));
  const negative = new Set(plan.frames.flatMap((frame) => [frame.negative.from, frame.negative.to]));
  const encoded: EncodedPrompt[] = [];
  for (const [index, prompt] of plan.prompts.entries()) {
    const encode = (part: PromptPart) => encodePart(part, prompt, plan, options);
    const parts = positive.has(index) ? promptMeaning(prompt.text, meaning) : [];
    const whole = negative.has(index) ? [negativePromptMeaning(prompt.text, meaning)] : [];
    encoded.push({ positive: await inOrder(parts, encode), negative: await inOrder(whole, encode) });
    onPrompt?.(index + 1, plan.prompts.length);
  }
  return encoded;
}

async function inOrder<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

async function encodePart(
  { weight, variants }: PromptPart,
  prompt: PlanPrompt,
  { emphasis }: EncodedPlan,
  options: EncodeOptions,
): Promise<EncodedPart> {
  const strengths = options.loraStrengths(prompt);
  const chunkCount = variants[0]!.chunks.length;
  const key = JSON.stringify([variants.map(({ chunks }) => chunks), emphasis, strengths]);
  const { tokens, width } = options.encoder;
  const size = chunkCount * tokens * width;
  const data = await options.cache.remember(key, variants.length * size, () =>
    encodeVariants(variants, chunkCount, { emphasis, strengths }, options),
  );
  return {
    weight,
    variants: variants.map(({ untilStep }, i) => ({
      untilStep,
      encoding: { data: data.subarray(i * size, (i + 1) * size), tokens: chunkCount * tokens },
    })),
  };
}

/** Encodings of a part's variants one after another. A1111 weighs the i-th chunks of all variants as one batch. */
async function encodeVariants(
  variants: PromptPart['variants'],
  chunkCount: number,
  { emphasis, strengths }: { emphasis: TravelPlan['emphasis']; strengths: readonly number[] },
  { encoder, embeddings }: EncodeOptions,
): Promise<Float32Array> {
  const chunkSize = encoder.tokens * encoder.width;
  const out = new Float32Array(variants.length * chunkCount * chunkSize);
  const known = new Map<PromptChunk, Float32Array>();
  for (let index = 0; index < chunkCount; index++) {
    const chunks = variants.map((variant) => variant.chunks[index]!);
    for (const chunk of new Set(chunks)) {
      if (!known.has(chunk)) known.set(chunk, (await encoder.encode([chunkInput(chunk, embeddings)], strengths))[0]!);
    }
    const batch = chunks.map((chunk) => ({ encoded: known.get(chunk)!, multipliers: chunk.multipliers }));
    applyEmphasis(emphasis, batch).forEach((weighted, variant) => {
      out.set(weighted, (variant * chunkCount + index) * chunkSize);
    });
  }
  return out;
}

function chunkInput({ ids, embeddings: uses }: PromptChunk, embeddings: EmbeddingVectors): ChunkInput {
  const vectors = new Map<number, Float32Array>();
  for (const { name, position, vectors: count } of uses) {
    for (let i = 0; i < count; i++) vectors.set(position + i, embeddings.get(name)![i]!);
  }
  return { ids, vectors };
}

/** Encodings on disk, by the model and everything else that they depend on. */
export class EncodingCache {
  readonly #folder: string | null;
  readonly #model: string;

  /**
   * @param folder null: nothing is kept
   * @param model says which text encoder, with which LoRAs and embeddings, in which state of their files
   */
  constructor(folder: string | null, model: string) {
    this.#folder = folder;
    this.#model = model;
  }

  /** @param length number of values that the encoding must have; a file of another length is made anew */
  async remember(key: string, length: number, make: () => Promise<Float32Array>): Promise<Float32Array> {
    if (this.#folder === null) return make();
    const name = createHash('sha256').update(this.#model).update('\0').update(key).digest('hex');
    const path = join(this.#folder, `${name}.f32`);
    const stored = await readStored(path);
    if (stored?.length === length) return stored;
    const made = await make();
    await this.#store(path, made);
    return made;
  }

  /** A cache that cannot be written costs time and nothing else. */
  async #store(path: string, data: Float32Array): Promise<void> {
    const temporary = `${path}.${process.pid}`;
    try {
      await makeFolder(this.#folder!);
      await writeFile(temporary, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      await rename(temporary, path);
    } catch (error) {
      console.error(`Could not keep encoded prompts in ${this.#folder}: ${(error as Error).message}`);
    }
  }
}

async function readStored(path: string): Promise<Float32Array | null> {
  try {
    const bytes = await readFile(path);
    if (bytes.length % 4 !== 0) return null;
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') console.error(`Could not read the kept encoding ${path}: ${message}`);
    return null;
  }
}
