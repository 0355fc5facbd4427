import { BytePairMerger } from './byte-pairs.ts';
import { SPACE } from './characters.ts';

const SPACES = new RegExp(`[${SPACE}]+`, 'g');
const WORD = /<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+/gu;

/** Longer words are rare, and caching them could fill memory. */
const LONGEST_CACHED_WORD = 40;
const MOST_CACHED_WORDS = 20_000;

/**
 * CLIP's tokenizer as A1111 uses it: text → ids, without start and end tokens.
 *
 * Source: OpenAI CLIP `simple_tokenizer.py`. Of the ftfy fixes that it applies first, those for text that people paste
 * (curly quotes, full-width forms, ligatures, control characters), but not mojibake and HTML entities.
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
    for (const [word] of clean(text).matchAll(WORD)) {
      for (const id of this.#encodeWord(word)) ids.push(id);
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

function clean(text: string): string {
  return text
    .replace(/[\0-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc]/g, '')
    .replace(/[\u0132\u0133\u01c4-\u01cc\u01f1-\u01f3\ufb00-\ufb06\uff01-\uffef]/g, (char) => char.normalize('NFKC'))
    .replace(/[\u02bc\u2018-\u201b]/g, "'")
    .replace(/[\u201c-\u201f]/g, '"')
    .normalize('NFC')
    .replace(SPACES, ' ')
    .toLowerCase();
}
