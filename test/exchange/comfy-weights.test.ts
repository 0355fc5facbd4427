import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comfyPrompt, fromComfyWeights } from '../../exchange/comfy-weights.ts';
import { parseAttention } from '../../prompt/attention.ts';

describe('a prompt for ComfyUI', () => {
  it.each([
    ['a fox, (red:1.2), ((old))', 'a fox, (red:1.2), ((old))'],
    ['[dark]', '(dark:0.909)'],
    ['a [dark] b', 'a (dark:0.909) b'],
    ['[[x]]', '(x:0.826)'],
    ['([x])', 'x'],
    ['[(x:1.2)]', '(x:1.091)'],
    ['(a (b:1.2):1.5)', '(a :1.5)(b:1.8)'],
    ['[x:0.5]', '[x:0.5]'],
    ['[a:b:0.5] [c]', '[a:b:0.5] (c:0.909)'],
    ['[[a:b:0.5]]', '([a:b:0.5]:0.909)'],
    ['[a|b]', '[a|b]'],
    ['\\[x\\]', '[x]'],
    ['\\[x\\] [y]', '[x] (y:0.909)'],
    ['\\(x\\) [y]', '\\(x\\) (y:0.909)'],
    ['[dark', '(dark:0.909)'],
    ['dark]', 'dark]'],
    ['one BREAK [two]', 'one BREAK (two:0.909)'],
  ])('%s is %s', (text, expected) => {
    expect(comfyPrompt(text)).toBe(expected);
  });
});

describe('a prompt of ComfyUI', () => {
  it.each([
    ['a (b:1.2)', 'a (b:1.2)'],
    ['((x))', '((x))'],
    ['(a (b:1.2):1.5)', '(a :1.5)(b:1.2)'],
    ['((x:0.5))', '(x:0.5)'],
    ['(a (b:1.2))', '(a )(b:1.2)'],
    ['\\((x:0.5)\\)', '\\((x:0.5)\\)'],
  ])('%s is %s', (text, expected) => {
    expect(fromComfyWeights(text)).toBe(expected);
  });

  it('means the same after a round trip', () => {
    const part = fc.constantFrom('a', 'b c', '(', ')', '[', ']', ':1.2)', ':0.5)', ', ', '\\(', '\\[');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const once = comfyPrompt(text);
        // What ComfyUI makes of it has no nested weights, so that both multiply nothing.
        expect(fromComfyWeights(once)).toBe(once);
      }),
    );
  });

  it('has the weights of A1111 when it comes from there', () => {
    const inner = fc.constantFrom('a', 'b', 'c d');
    const nested = fc.letrec<{ text: string }>((tie) => ({
      text: fc.oneof(
        { depthSize: 'small' },
        inner,
        fc
          .tuple(fc.constantFrom('(*)', '[*]', '(*:1.3)', '* e'), tie('text'))
          .map(([form, text]) => form.replace('*', text)),
      ),
    })).text;
    fc.assert(
      fc.property(nested, (text) => {
        const weights = (prompt: string) =>
          parseAttention(prompt).map((piece) => [piece.text, Number(piece.weight.toFixed(2))]);
        expect(weights(comfyPrompt(text))).toEqual(weights(text));
      }),
    );
  });
});
