import { BytePairMerger } from './byte-pairs.ts';
import { SPACE } from './characters.ts';
import { repairText } from './repair/repair-text.ts';

const SPACES = new RegExp(`[${SPACE}]+`, 'g');
const SPECIAL = /(<\|(?:start|end)oftext\|>)/;
const WORD = /<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+/gu;

/** Longer words are rare, and caching them could fill memory. */
const LONGEST_CACHED_WORD = 40;
const MOST_CACHED_WORDS = 20_000;

/**
 * CLIP's tokenizer as A1111 uses it: text → ids, without start and end tokens.
 *
 * Source: OpenAI CLIP `simple_tokenizer.py`; transformers' slow `CLIPTokenizer`, which repairs text with ftfy first.
 */
export class ClipTokenizer {
  /** `<|startoftext|>` and `<|endoftext|>`, which is also the padding; 49406 and 49407 with CLIP's own merges. */
  readonly startId: number;
  readonly endId: number;
  /** The word `,`. */
  readonly commaId: number;
  readonly #merger: BytePairMerger;
  readonly #utf8 = new TextEncoder();
  readonly #cache = new Map<string, readonly number[]>();

  /** @param merges the byte-pair merges, one per line, in order of rank. @throws when a line is not a merge */
  constructor(merges: string) {
    this.#merger = new BytePairMerger(merges);
    this.startId = this.#merger.size;
    this.endId = this.#merger.size + 1;
    this.commaId = this.encode(',')[0]!;
  }

  encode(text: string): number[] {
    const ids: number[] = [];
    // The text between start and end tokens is repaired piece by piece.
    for (const piece of text.split(SPECIAL)) {
      for (const [word] of clean(piece).matchAll(WORD)) {
        for (const id of this.#encodeWord(word)) ids.push(id);
      }
    }
    return ids;
  }

  #encodeWord(word: string): readonly number[] {
    if (word === '<|startoftext|>') return [this.startId];
    if (word === '<|endoftext|>') return [this.endId];
    const cached = this.#cache.get(word);
    if (cached) return cached;
    const ids = this.#merger.encode(this.#utf8.encode(word));
    if (word.length <= LONGEST_CACHED_WORD) {
      if (this.#cache.size >= MOST_CACHED_WORDS) this.#cache.clear();
      this.#cache.set(word, ids);
    }
    return ids;
  }
}

/**
 * CLIP's tokenizer from its gzipped merges.
 *
 * @throws when they cannot be decompressed, or a line is not a merge
 */
export async function unpackTokenizer(packed: Uint8Array<ArrayBuffer>): Promise<ClipTokenizer> {
  const merges = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new ClipTokenizer(await new Response(merges).text());
}

/** Text as transformers' `CLIPTokenizer` splits it into words. */
function clean(text: string): string {
  return repairText(text).replace(SPACES, ' ').toLowerCase();
}
