import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkPrompt, emptyChunk, tokensPerChunk } from '../../prompt/chunks.ts';
import { clipTokenizer } from '../golden/prompts.ts';
import { promptText } from './texts.ts';

const tokenizer = clipTokenizer();
const cats = (count: number) => Array<string>(count).fill('cat').join(' ');

describe('chunkPrompt', () => {
  it('returns one empty chunk for an empty prompt', () => {
    expect(chunkPrompt('', { tokenizer })).toEqual([emptyChunk(tokenizer)]);
    expect(emptyChunk(tokenizer).ids).toEqual([49406, ...Array<number>(76).fill(49407)]);
  });

  it('moves what follows a comma to the next chunk, at most 20 tokens', () => {
    expect(tokensPerChunk(`${cats(60)}, ${cats(20)}`, { tokenizer })).toEqual([61, 20]);
    expect(tokensPerChunk(`${cats(55)}, ${cats(20)}`, { tokenizer })).toEqual([56, 20]);
    expect(tokensPerChunk(`${cats(54)}, ${cats(21)}`, { tokenizer })).toEqual([75, 1]);
    expect(tokensPerChunk(`${cats(60)}, ${cats(20)}`, { tokenizer, backtrack: 0 })).toEqual([75, 6]);
    expect(tokensPerChunk(`${cats(50)}, ${cats(30)}`, { tokenizer, backtrack: 74 })).toEqual([51, 30]);
  });

  it('reads BREAK and brackets as text if emphasis is None', () => {
    const [chunk, ...more] = chunkPrompt('a BREAK (b:1.2)', { tokenizer, emphasis: 'None' });
    expect(more).toEqual([]);
    expect(chunk!.multipliers.every((multiplier) => multiplier === 1)).toBe(true);
    expect(chunk!.tokenCount).toBe(tokenizer.encode('a BREAK (b:1.2)').length);
  });

  it('keeps weights with their tokens', () => {
    const [chunk] = chunkPrompt('a (cat:1.5) b', { tokenizer });
    expect(chunk!.ids.slice(0, 4)).toEqual([49406, 320, 2368, 321]);
    expect(chunk!.multipliers.slice(0, 5)).toEqual([1, 1, 1.5, 1, 1]);
  });
});

describe('embeddings', () => {
  const embeddings = new Map([
    ['bad-hands', 3],
    ['bad-hands-5', 2],
    ['huge', 100],
    ['', 1],
  ]);

  it('replace their names, longest first, in any case', () => {
    const [chunk] = chunkPrompt('a Bad-Hands-5 (bad-hands:1.2) b', { tokenizer, embeddings });
    expect(chunk!.embeddings).toEqual([
      { name: 'bad-hands-5', position: 2, vectors: 2 },
      { name: 'bad-hands', position: 4, vectors: 3 },
    ]);
    expect(chunk!.ids.slice(0, 9)).toEqual([49406, 320, 0, 0, 0, 0, 0, 321, 49407]);
    expect(chunk!.multipliers.slice(1, 8)).toEqual([1, 1, 1, 1.2, 1.2, 1.2, 1]);
  });

  it('are not cut in two by the end of a chunk', () => {
    expect(tokensPerChunk(`${cats(73)} bad-hands`, { tokenizer, embeddings })).toEqual([73, 3]);
  });

  it('move with what follows a comma', () => {
    const chunks = chunkPrompt(`${cats(60)}, bad-hands ${cats(20)}`, { tokenizer, embeddings });
    expect(chunks.map((chunk) => chunk.embeddings)).toEqual([[], [{ name: 'bad-hands', position: 1, vectors: 3 }]]);
  });

  it('have at most a chunk of vectors', () => {
    expect(tokensPerChunk('a huge b', { tokenizer, embeddings })).toEqual([1, 75, 1]);
  });

  it('hold for any prompt: 77 ids and multipliers, vectors inside the chunk, no token lost', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(promptText, fc.constantFrom(...embeddings.keys()))), (texts) => {
        const text = texts.join(' ');
        const chunks = chunkPrompt(text, { tokenizer, embeddings });
        for (const { ids, multipliers, tokenCount, embeddings: uses } of chunks) {
          expect([ids.length, multipliers.length]).toEqual([77, 77]);
          expect(ids[tokenCount + 1]).toBe(49407);
          for (const { position, vectors } of uses) {
            expect(position).toBeGreaterThanOrEqual(1);
            expect(position + vectors).toBeLessThanOrEqual(tokenCount + 1);
            expect(ids.slice(position, position + vectors).every((id) => id === 0)).toBe(true);
          }
        }
        const plain = chunkPrompt(text, { tokenizer, emphasis: 'None' });
        const all = plain.flatMap(({ ids, tokenCount }) => ids.slice(1, tokenCount + 1));
        expect(all).toEqual(tokenizer.encode(text));
      }),
    );
  });
});
