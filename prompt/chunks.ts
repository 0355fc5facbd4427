import type { Emphasis } from '../plan/plan.ts';
import { isBreak, parseAttention, type WeightedText } from './attention.ts';
import type { ClipTokenizer } from './clip-tokenizer.ts';

/** Tokens of the prompt in a chunk; with start and end the text encoder sees 77. */
export const CHUNK_TOKENS = 75;

/** The text encoder's input. */
export interface PromptChunk {
  /** 77 token ids: start, the prompt's tokens, padding with end. 0 in place of an embedding's vectors. */
  readonly ids: readonly number[];
  /** 77 factors for the encoded tokens. */
  readonly multipliers: readonly number[];
  /** Tokens of the prompt, 0…75. */
  readonly tokenCount: number;
  /** Textual-inversion embeddings whose vectors replace token embeddings from `position` (index in `ids`) on. */
  readonly embeddings: readonly EmbeddingUse[];
}

export interface EmbeddingUse {
  readonly name: string;
  readonly position: number;
  /** Number of vectors, 1…75. */
  readonly vectors: number;
}

export interface ChunkOptions {
  readonly tokenizer: ClipTokenizer;
  /** The number of vectors of each textual-inversion embedding, by name. */
  readonly embeddings?: ReadonlyMap<string, number> | undefined;
  /** With `None`, brackets and `BREAK` are plain text. */
  readonly emphasis?: Emphasis | undefined;
  /**
   * A word that overflows a chunk moves to the next one together with everything after the last comma, if that is at
   * most this many tokens back; 0: never. Default 20.
   */
  readonly backtrack?: number | undefined;
}

/**
 * Split a prompt, without step schedules and `AND`, into chunks: every 75 tokens and at every `BREAK`; at least one.
 *
 * Source: A1111 `modules/sd_hijack_clip.py`, `tokenize_line`. Unlike there, an embedding that backtracking moves to the
 * next chunk moves with its vectors, and one with more than 75 vectors is truncated.
 */
export function chunkPrompt(text: string, options: ChunkOptions): PromptChunk[] {
  return chunker(options)(text);
}

/** `chunkPrompt` for many texts, which prepares the names of embeddings once. */
export function chunker(options: ChunkOptions): (text: string) => PromptChunk[] {
  const { tokenizer, emphasis = 'Original', backtrack = 20 } = options;
  const embeddings = embeddingsByFirstToken(options);
  const embeddingAt = (ids: readonly number[], position: number) =>
    embeddings.get(ids[position]!)?.find((embedding) => embedding.ids.every((id, i) => id === ids[position + i]));

  return (text) => {
    const pieces: WeightedText[] = emphasis === 'None' ? [{ text, weight: 1 }] : parseAttention(text);
    const chunks: PromptChunk[] = [];
    let chunk = new OpenChunk();
    const closeChunk = () => {
      chunks.push(chunk.close(tokenizer));
      chunk = new OpenChunk();
    };
    for (const piece of pieces) {
      if (isBreak(piece)) {
        closeChunk();
        continue;
      }
      const ids = tokenizer.encode(piece.text);
      for (let position = 0; position < ids.length; ) {
        const id = ids[position]!;
        if (id === tokenizer.commaId) chunk.lastComma = chunk.length;
        else if (chunk.isFull && chunk.lastComma >= 0 && chunk.length - chunk.lastComma <= backtrack) {
          const rest = chunk.cutAfterComma();
          closeChunk();
          chunk = rest;
        }
        if (chunk.isFull) closeChunk();

        const embedding = embeddingAt(ids, position);
        if (!embedding) {
          chunk.addToken(id, piece.weight);
          position++;
          continue;
        }
        if (chunk.length + embedding.vectors > CHUNK_TOKENS) closeChunk();
        chunk.addEmbedding(embedding, piece.weight);
        position += embedding.ids.length;
      }
    }
    if (chunk.length > 0 || chunks.length === 0) closeChunk();
    return chunks;
  };
}

/** Number of the prompt's tokens in each of its chunks, 0…75. */
export function tokensPerChunk(text: string, options: ChunkOptions): number[] {
  return chunkPrompt(text, options).map(({ tokenCount }) => tokenCount);
}

/** The chunk that pads a prompt with fewer chunks than another one that it is encoded or mixed with. */
export function emptyChunk(tokenizer: ClipTokenizer): PromptChunk {
  return new OpenChunk().close(tokenizer);
}

interface KnownEmbedding {
  readonly name: string;
  readonly vectors: number;
  /** The tokens of its name. */
  readonly ids: readonly number[];
}

/** By the first token of their names, longest names first. */
function embeddingsByFirstToken({ tokenizer, embeddings = new Map() }: ChunkOptions): Map<number, KnownEmbedding[]> {
  const known = [...embeddings]
    .map(([name, vectors]) => ({ name, vectors: Math.min(vectors, CHUNK_TOKENS), ids: tokenizer.encode(name) }))
    .filter(({ ids }) => ids.length > 0)
    .sort((a, b) => b.ids.length - a.ids.length);
  const byFirstToken = new Map<number, KnownEmbedding[]>();
  for (const embedding of known) {
    const same = byFirstToken.get(embedding.ids[0]!);
    if (same) same.push(embedding);
    else byFirstToken.set(embedding.ids[0]!, [embedding]);
  }
  return byFirstToken;
}

/** A chunk being filled. Positions do not count the start token. */
class OpenChunk {
  /** −1: none. */
  lastComma = -1;
  readonly #ids: number[] = [];
  readonly #multipliers: number[] = [];
  readonly #embeddings: EmbeddingUse[] = [];

  get length(): number {
    return this.#ids.length;
  }

  get isFull(): boolean {
    return this.length === CHUNK_TOKENS;
  }

  addToken(id: number, weight: number): void {
    this.#ids.push(id);
    this.#multipliers.push(weight);
  }

  addEmbedding({ name, vectors }: KnownEmbedding, weight: number): void {
    this.#embeddings.push({ name, vectors, position: this.length });
    for (let i = 0; i < vectors; i++) this.addToken(0, weight);
  }

  /** Remove everything after the last comma and return it as the start of another chunk. */
  cutAfterComma(): OpenChunk {
    const cut = this.lastComma + 1;
    const rest = new OpenChunk();
    rest.#ids.push(...this.#ids.splice(cut));
    rest.#multipliers.push(...this.#multipliers.splice(cut));
    const firstMoved = this.#embeddings.findIndex(({ position }) => position >= cut);
    if (firstMoved >= 0) {
      for (const use of this.#embeddings.splice(firstMoved)) {
        rest.#embeddings.push({ ...use, position: use.position - cut });
      }
    }
    return rest;
  }

  close({ startId, endId }: ClipTokenizer): PromptChunk {
    const padding = CHUNK_TOKENS - this.length + 1;
    return {
      ids: [startId, ...this.#ids, ...Array<number>(padding).fill(endId)],
      multipliers: [1, ...this.#multipliers, ...Array<number>(padding).fill(1)],
      tokenCount: this.length,
      embeddings: this.#embeddings.map((use) => ({ ...use, position: use.position + 1 })),
    };
  }
}
