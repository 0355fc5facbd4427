import { describe, expect, it } from 'vitest';
import { Conditioning, type EncodedPart } from '../../../engine/pipelines/conditioning.ts';

const WIDTH = 2;

function encoding(...values: number[]) {
  return { data: Float32Array.from(values), tokens: values.length / WIDTH };
}

const part = (...values: number[]): EncodedPart => ({
  weight: 1,
  variants: [{ untilStep: 20, encoding: encoding(...values) }],
});

const by = { mix: 'lerp', promptEditing: 'by-step' } as const;

describe('Conditioning', () => {
  it('mixes the two prompts of a frame', () => {
    const conditioning = new Conditioning(
      [
        { positive: [part(0, 0)], negative: [part(1, 1)] },
        { positive: [part(4, 8)], negative: [part(3, 5)] },
      ],
      by,
    );
    const mix = { from: 0, to: 1, t: 0.25 };
    expect(conditioning.positive({ positive: mix }, 0)).toEqual([{ weight: 1, encoding: encoding(1, 2) }]);
    expect(conditioning.negative({ negative: mix }, 0)).toEqual(encoding(1.5, 2));
  });

  it('lengthens every prompt to the longest by repeating its last vector, each role on its own', () => {
    const conditioning = new Conditioning(
      [
        { positive: [part(1, 2)], negative: [] },
        { positive: [part(3, 4, 5, 6, 7, 8)], negative: [] },
        { positive: [], negative: [part(9, 9)] },
      ],
      by,
    );
    const alone = { from: 0, to: 0, t: 0 };
    expect(conditioning.positive({ positive: alone }, 0)[0]!.encoding).toEqual(encoding(1, 2, 1, 2, 1, 2));
    expect(conditioning.negative({ negative: { from: 2, to: 2, t: 0 } }, 0)).toEqual(encoding(9, 9));
  });

  it('fades a part that only one of the prompts has', () => {
    const conditioning = new Conditioning(
      [
        { positive: [part(1, 1)], negative: [] },
        { positive: [part(1, 1), { ...part(5, 5), weight: 2 }], negative: [] },
      ],
      by,
    );
    const weights = (t: number) =>
      conditioning.positive({ positive: { from: 0, to: 1, t } }, 0).map(({ weight }) => weight);
    expect(weights(0.5)).toEqual([1, 1]);
    expect(weights(0.25)).toEqual([1, 0.5]);
  });

  it('follows prompt editing from step to step, or keeps the first text if it is frozen', () => {
    const edited: EncodedPart = {
      weight: 1,
      variants: [
        { untilStep: 2, encoding: encoding(1, 1) },
        { untilStep: 20, encoding: encoding(7, 7) },
      ],
    };
    const at = (promptEditing: 'by-step' | 'frozen', step: number) =>
      new Conditioning([{ positive: [edited], negative: [] }], { mix: 'slerp', promptEditing }).positive(
        { positive: { from: 0, to: 0, t: 0 } },
        step,
      )[0]!.encoding.data[0];
    expect([0, 2, 3, 25].map((step) => at('by-step', step))).toEqual([1, 1, 7, 7]);
    expect(at('frozen', 10)).toBe(1);
  });
});
