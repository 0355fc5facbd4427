import { describe, expect, it } from 'vitest';
import { applyGuidance, rescaleGuidance } from '../../../engine/pipelines/guidance.ts';

const floats = (...values: number[]) => Float32Array.from(values);

describe('applyGuidance', () => {
  it('moves away from the negative prompt, by each frame’s own scale', () => {
    const guided = applyGuidance(floats(1, 1, 1, 1), [{ prediction: floats(2, 3, 2, 3), weights: [1, 1] }], [7, 2]);
    expect(guided).toEqual(floats(8, 15, 3, 5));
  });

  it('adds up the prompts that AND joins, each by its weight in the frame', () => {
    const parts = [
      { prediction: floats(1, 1), weights: [1, 0.5] },
      { prediction: floats(10, 10), weights: [-0.5, 0] },
    ];
    expect(applyGuidance(floats(0, 0), parts, [2, 2])).toEqual(floats(-8, 1));
  });

  it('returns the prompt’s prediction at scale 1 and the negative one’s at 0', () => {
    const prompt = [{ prediction: floats(5, 6), weights: [1] }];
    expect(applyGuidance(floats(1, 2), prompt, [1])).toEqual(floats(5, 6));
    expect(applyGuidance(floats(1, 2), prompt, [0])).toEqual(floats(1, 2));
  });

  it('rejects predictions or weights of other sizes', () => {
    expect(() => applyGuidance(floats(1, 2), [{ prediction: floats(1), weights: [1] }], [7])).toThrow(/other sizes/);
    expect(() => applyGuidance(floats(1, 2), [{ prediction: floats(1, 2), weights: [1] }], [7, 7])).toThrow(/sizes/);
    expect(() => applyGuidance(floats(1, 2, 3), [], [7, 7])).toThrow(/other sizes/);
  });
});

describe('rescaleGuidance', () => {
  const unguided = Float32Array.of(1, -1, 1, -1, 2, -2, 2, -2);
  const guided = Float32Array.of(4, -4, 4, -4, 3, -3, 3, -3);

  it('gives each frame the deviation that it has without guidance, as far as it is told to', () => {
    expect([...rescaleGuidance(guided, unguided, 2, 1)]).toEqual([...unguided]);
    expect([...rescaleGuidance(guided, unguided, 2, 0.5)]).toEqual([2.5, -2.5, 2.5, -2.5, 2.5, -2.5, 2.5, -2.5]);
    expect([...rescaleGuidance(guided, unguided, 2, 0)]).toEqual([...guided]);
  });

  it('leaves a prediction without any deviation alone', () => {
    const flat = new Float32Array(4).fill(3);
    expect([...rescaleGuidance(flat, Float32Array.of(1, -1, 1, -1), 1, 1)]).toEqual([...flat]);
  });
});
