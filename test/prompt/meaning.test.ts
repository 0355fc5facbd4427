import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkPrompt, emptyChunk } from '../../prompt/chunks.ts';
import { negativePromptMeaning, promptMeaning } from '../../prompt/meaning.ts';
import { clipTokenizer } from '../golden/prompts.ts';
import { HUGE_TEXTS, promptText } from './texts.ts';

const tokenizer = clipTokenizer();
const options = { tokenizer, steps: 10 };

describe('promptMeaning', () => {
  it('goes from AND over steps to chunks', () => {
    expect(promptMeaning('a [cat:dog:4] AND (b:1.2) :0.5', options)).toEqual([
      {
        weight: 1,
        variants: [
          { untilStep: 4, text: 'a cat', chunks: chunkPrompt('a cat', options) },
          { untilStep: 10, text: 'a dog', chunks: chunkPrompt('a dog', options) },
        ],
      },
      { weight: 0.5, variants: [{ untilStep: 10, text: ' (b:1.2)', chunks: chunkPrompt(' (b:1.2)', options) }] },
    ]);
  });

  it('pads all variants of a part to the chunks of the longest', () => {
    const [part] = promptMeaning('a [BREAK b:c:4]', options);
    expect(part!.variants.map(({ chunks }) => chunks.length)).toEqual([2, 2]);
    expect(part!.variants[1]!.chunks[1]).toEqual(emptyChunk(tokenizer));
  });

  it('reads steps in a negative prompt, but neither AND nor a weight', () => {
    const { weight, variants } = negativePromptMeaning('[a:b:4] AND c:1.3', options);
    expect(weight).toBe(1);
    expect(variants.map(({ untilStep, text }) => [untilStep, text])).toEqual([
      [4, 'a AND c:1.3'],
      [10, 'b AND c:1.3'],
    ]);
  });

  it('means something for any text', () => {
    fc.assert(
      fc.property(promptText, (text) => {
        const parts = [...promptMeaning(text, options), negativePromptMeaning(text, options)];
        expect(parts.length).toBeGreaterThanOrEqual(2);
        for (const { variants } of parts) {
          expect(variants.at(-1)!.untilStep).toBe(10);
          expect(new Set(variants.map(({ chunks }) => chunks.length)).size).toBe(1);
          expect(variants[0]!.chunks.length).toBeGreaterThan(0);
        }
      }),
    );
  });

  const combined = HUGE_TEXTS.filter(([name]) => /AND|BREAK|\|b|b:3|1\.2|, /.test(name));
  const embeddings = new Map(Array.from({ length: 300 }, (_, i) => [`embedding${i}`, 2]));
  it.each(combined)('gets through half a megabyte of %s', (_, text) => {
    expect(promptMeaning(text, { tokenizer, steps: 2, embeddings }).length).toBeGreaterThan(0);
  });
});
