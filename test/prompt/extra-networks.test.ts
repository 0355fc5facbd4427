import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLora, parseExtraNetworks, readLora } from '../../prompt/extra-networks.ts';
import { HUGE_TEXTS, promptText } from './texts.ts';

const loraOf = (prompt: string) => readLora(parseExtraNetworks(prompt).networks[0]!);

describe('parseExtraNetworks', () => {
  it('says where each tag stands', () => {
    const prompt = 'a <lora:x:0.5>, <hypernet:y:1> b';
    const { text, networks } = parseExtraNetworks(prompt);
    expect(text).toBe('a ,  b');
    expect(networks.map(({ start, end }) => prompt.slice(start, end))).toEqual(['<lora:x:0.5>', '<hypernet:y:1>']);
    expect(networks.map(isLora)).toEqual([true, false]);
  });

  it('takes a tag that a stray < precedes', () => {
    expect(parseExtraNetworks('a < b <lora:x>').text).toBe('a < b ');
  });

  it('takes a tag to the first >, whatever is in it', () => {
    expect(parseExtraNetworks('<lora:a<lora:b:1>>')).toMatchObject({
      text: '>',
      networks: [{ positional: ['a<lora', 'b', '1'] }],
    });
  });

  it('puts text and tags back together', () => {
    fc.assert(
      fc.property(promptText, (prompt) => {
        const { text, networks } = parseExtraNetworks(prompt);
        let rebuilt = '';
        let from = 0;
        let used = 0;
        for (const { start, end } of networks) {
          const before = start - from;
          rebuilt += text.slice(used, used + before) + prompt.slice(start, end);
          used += before;
          from = end;
        }
        expect(rebuilt + text.slice(used)).toBe(prompt);
      }),
    );
  });

  it.each(HUGE_TEXTS)('gets through half a megabyte of %s', (_, prompt) => {
    expect(parseExtraNetworks(prompt).text).toBeTypeOf('string');
  });
});

describe('readLora', () => {
  it('lets named weights win over positional ones', () => {
    expect(loraOf('<lora:x:1:2:8:te=0.5:dyn=4>')).toEqual({ ok: true, name: 'x', te: 0.5, unet: 2, dyn: 4 });
  });

  it.each([
    ['<lora:x:strong>', '“strong”'],
    ['<lora:x:1:te=>', '“”'],
    ['<lora:x:1:1:many>', '“many”'],
    ['<lora:te=1>', 'no LoRA name'],
    ['<lora::1>', 'no LoRA name'],
    ['<lora: :1>', 'no LoRA name'],
    ['<lora:x:strong:te=1>', '“strong”'],
  ])('reports the mistake in %s', (tag, problem) => {
    expect(loraOf(tag)).toMatchObject({ ok: false, problem: expect.stringContaining(problem) });
  });
});
