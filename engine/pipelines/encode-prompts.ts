import type { PlanPrompt, TravelPlan } from '../../plan/plan.ts';
import { promptSteps } from '../../plan/steps.ts';
import type { PromptChunk } from '../../prompt/chunks.ts';
import type { ClipTokenizer } from '../../prompt/clip-tokenizer.ts';
import { applyEmphasis } from '../../prompt/emphasis.ts';
import { negativePromptMeaning, type PromptPart, promptMeaning } from '../../prompt/meaning.ts';
import { ENGINE_VERSION } from '../engine-version.ts';
import type { EmbeddingVectors } from '../models/text-encoder/embeddings.ts';
import type { ChunkInput, TextEncoder } from '../models/text-encoder/text-encoder.ts';
import { loadTokenizer } from '../tokenizer.ts';
import type { Components } from './components.ts';
import { Conditioning, type EncodedPart, type EncodedPrompt } from './conditioning.ts';
import type { PipelineContext } from './context.ts';
import { EncodingCache } from './encoding-cache.ts';
import { sideBySide } from './side-by-side.ts';

export interface EncodeOptions {
  readonly encoder: Pick<TextEncoder, 'encode' | 'tokens' | 'width'>;
  readonly tokenizer: ClipTokenizer;
  readonly embeddings: EmbeddingVectors;
  /** Absolute folder that caches encodings; null: no cache. */
  readonly cacheFolder: string | null;
  /** Called before and after the text encoder runs. If it throws, nothing is cached. */
  readonly checkFiles?: () => Promise<void>;
  /** Called after each prompt. If it throws, encoding stops. */
  readonly onPromptDone?: () => void;
}

type PlanToEncode = Pick<
  TravelPlan,
  'prompts' | 'frames' | 'emphasis' | 'sampling' | 'models' | 'loras' | 'embeddings'
>;

/** All prompts of a plan, encoded and ready to be mixed. */
export async function encodePlan(
  plan: TravelPlan,
  { textEncoder, embeddings }: Pick<Components, 'textEncoder' | 'embeddings'>,
  { cacheFolder, files, progress, signal }: Pick<PipelineContext, 'cacheFolder' | 'files' | 'progress' | 'signal'>,
): Promise<Conditioning> {
  const prompts = await encodePrompts(plan, {
    encoder: textEncoder,
    tokenizer: await loadTokenizer(),
    embeddings,
    cacheFolder,
    checkFiles: () => files.check(),
    onPromptDone: () => {
      signal.throwIfAborted();
      progress.advance(plan.prompts.length);
    },
  });
  return new Conditioning(prompts, plan);
}

/**
 * Encode every prompt of a plan, once, for the roles in which some frame uses it.
 *
 * @returns by index of the plan's `prompts`
 */
export async function encodePrompts(plan: PlanToEncode, options: EncodeOptions): Promise<EncodedPrompt[]> {
  const { tokenizer, embeddings, onPromptDone } = options;
  const cache = new EncodingCache(options.cacheFolder, textEncoderIdentity(plan));
  const vectors = new Map([...embeddings].map(([name, list]) => [name, list.length]));
  const meaning = { steps: promptSteps(plan.sampling), tokenizer, embeddings: vectors, emphasis: plan.emphasis };
  const positive = new Set(plan.frames.flatMap((frame) => [frame.positive.from, frame.positive.to]));
  const negative = new Set(plan.frames.flatMap((frame) => [frame.negative.from, frame.negative.to]));
  const encoded: EncodedPrompt[] = [];
  for (const [index, prompt] of plan.prompts.entries()) {
    const encode = (part: PromptPart) => encodePart(part, prompt, plan, { ...options, cache });
    const parts = positive.has(index) ? promptMeaning(prompt.text, meaning) : [];
    const whole = negative.has(index) ? [negativePromptMeaning(prompt.text, meaning)] : [];
    encoded.push({ positive: await sideBySide(parts, 1, encode), negative: await sideBySide(whole, 1, encode) });
    onPromptDone?.();
  }
  return encoded;
}

/** Identifies the text encoder of a plan: with equal identities, equal prompts have equal encodings. */
function textEncoderIdentity({ models, loras, embeddings }: PlanToEncode): string {
  return JSON.stringify([ENGINE_VERSION, models.textEncoder ?? models.checkpoint, models.clipSkip, loras, embeddings]);
}

/** The strength of each of the plan's LoRAs in the text encoder while a prompt is encoded. */
function textEncoderLoraStrengths({ loras }: PlanToEncode, prompt: PlanPrompt): number[] {
  return loras.map((_, index) =>
    prompt.loras.reduce((sum, { lora, weight }) => (lora === index ? sum + weight : sum), 0),
  );
}

async function encodePart(
  { weight, variants }: PromptPart,
  prompt: PlanPrompt,
  plan: PlanToEncode,
  options: EncodeOptions & { readonly cache: EncodingCache },
): Promise<EncodedPart> {
  const { emphasis } = plan;
  const strengths = textEncoderLoraStrengths(plan, prompt);
  const chunkCount = variants[0]!.chunks.length;
  const key = JSON.stringify([variants.map(({ chunks }) => chunks), emphasis, strengths]);
  const { tokens, width } = options.encoder;
  const size = chunkCount * tokens * width;
  const data = await options.cache.get(key, variants.length * size, async () => {
    await options.checkFiles?.();
    const encoding = await encodeVariants(variants, chunkCount, { emphasis, strengths }, options);
    await options.checkFiles?.();
    return encoding;
  });
  return {
    weight,
    variants: variants.map(({ untilStep }, i) => ({
      untilStep,
      encoding: { data: data.subarray(i * size, (i + 1) * size), tokens: chunkCount * tokens },
    })),
  };
}

/** The encodings of a part's variants, concatenated. A1111 weights the i-th chunks of all variants as one batch. */
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
