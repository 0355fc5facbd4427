import { clipSkipMisfit } from '../../../plan/text-encoder.ts';
import { type ComponentConfig, componentConfig } from '../../../weights/component-config.ts';
import { componentTensors } from '../../../weights/components.ts';
import { BadModelError, type TensorEntry, type WeightsFile } from '../../../weights/tensor.ts';
import { textEncoderSize } from '../../../weights/text-encoder-size.ts';
import { graphOptions, type Runtime, type Session } from '../../onnx/session.ts';
import { SessionCache } from '../../onnx/session-cache.ts';
import { type ComponentLora, loraFeeds, loraInputs, patchTensors } from '../lora.ts';
import { checkUsable, finite } from '../usable.ts';
import { textEncoderGraph } from './graph.ts';

/** A chunk's tokens, and the vectors of embeddings that replace some of them. */
export interface ChunkInput {
  /** 77 token ids. */
  readonly ids: readonly number[];
  /** Vectors of `width` values, by the index of the token that each replaces. */
  readonly vectors: ReadonlyMap<number, Float32Array>;
}

export interface TextEncoderOptions {
  readonly clipSkip: number;
  readonly loras?: readonly ComponentLora[];
  readonly runtime: Runtime;
}

/** A checkpoint's CLIP text model. */
export class TextEncoder {
  /** Channels of the encoding. */
  readonly width: number;
  readonly tokens: number;
  readonly #path: string;
  readonly #vocabulary: number;
  readonly #tensors: ReadonlyMap<string, TensorEntry>;
  readonly #config: ComponentConfig['textEncoder'];
  readonly #options: Required<TextEncoderOptions>;
  readonly #sessions: SessionCache;

  /** @throws BadModelError when the file has no text encoder, a damaged one, or fewer layers than `clipSkip` */
  constructor(file: WeightsFile, options: TextEncoderOptions) {
    checkUsable(file, 'textEncoder');
    this.#tensors = componentTensors(file, 'textEncoder');
    this.#config = componentConfig(file).textEncoder;
    this.#options = { loras: [], ...options };
    this.#sessions = new SessionCache(options.runtime, 1);
    const positions = this.#tensors.get('embeddings.position_embedding.weight');
    const table = this.#tensors.get('embeddings.token_embedding.weight');
    const size = textEncoderSize(this.#tensors);
    if (!positions || !table || !size)
      throw new BadModelError(`${file.path} has no CLIP text encoder. Use another checkpoint.`);
    this.#path = file.path;
    [this.tokens, this.width] = positions.shape as [number, number];
    this.#vocabulary = table.shape[0]!;
    const misfit = clipSkipMisfit(options.clipSkip, size, file.path);
    if (misfit !== null) throw new BadModelError(misfit);
  }

  /**
   * Encode chunks independently.
   *
   * @param strengths of the LoRAs, in the order of the constructor's `loras`
   * @returns `[77, width]` for each chunk
   */
  async encode(chunks: readonly ChunkInput[], strengths: readonly number[] = []): Promise<Float32Array[]> {
    const { tokens, width } = this;
    const size = tokens * width;
    const ids = new BigInt64Array(chunks.length * tokens);
    const keep = new Float32Array(chunks.length * tokens).fill(1);
    const vectors = new Float32Array(chunks.length * size);
    chunks.forEach((chunk, c) => {
      chunk.ids.forEach((id, i) => {
        ids[c * tokens + i] = BigInt(this.#known(id));
      });
      for (const [i, vector] of chunk.vectors) {
        keep[c * tokens + i] = 0;
        vectors.set(vector, (c * tokens + i) * width);
      }
    });
    const session = await this.#sessionFor(chunks.length);
    const output = await session.run({
      ids: { data: ids, dims: [chunks.length, tokens] },
      keep: { data: keep, dims: [chunks.length, tokens, 1] },
      vectors: { data: vectors, dims: [chunks.length, tokens, width] },
      ...loraFeeds(
        this.#options.loras,
        strengths.map((strength) => [strength]),
      ),
    });
    const encoded = await finite(output, `The text encoder of ${this.#path}`, () => this.#weights());
    return chunks.map((_, c) => encoded.slice(c * size, (c + 1) * size));
  }

  async release(): Promise<void> {
    await this.#sessions.release();
  }

  /** All weights that the encoding depends on. */
  *#weights(): Generator<TensorEntry> {
    yield* this.#tensors.values();
    for (const { patches } of this.#options.loras) yield* patches.flatMap(patchTensors);
  }

  #known(id: number): number {
    if (id < this.#vocabulary) return id;
    throw new BadModelError(
      `The text encoder has ${this.#vocabulary} tokens, but the prompt needs token ${id}. Use a checkpoint with a ` +
        'complete CLIP model.',
    );
  }

  #sessionFor(chunks: number): Promise<Session> {
    const { clipSkip, loras, runtime } = this.#options;
    const { threads } = graphOptions(runtime);
    const strengthSizes = loras.map(() => 1);
    return this.#sessions.get(chunks, () =>
      textEncoderGraph(this.#tensors, {
        chunks,
        clipSkip,
        config: this.#config,
        ...(threads !== undefined && { threads }),
        patches: (graph) => loraInputs(graph, loras, strengthSizes),
      }),
    );
  }
}
