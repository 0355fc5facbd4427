import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEmphasis } from '../../prompt/emphasis.ts';

const mean = (batch: readonly Float32Array[]) => {
  const values = batch.flatMap((array) => [...array]);
  return values.reduce((total, value) => total + value, 0) / values.length;
};
const chunk = (values: number[], multipliers: number[]) => ({ encoded: Float32Array.from(values), multipliers });

describe('applyEmphasis', () => {
  it('multiplies each token, and with Original keeps the mean', () => {
    const batch = [chunk([1, 2, 3, 4], [1, 3])];
    expect(applyEmphasis('No norm', batch)).toEqual([Float32Array.of(1, 2, 9, 12)]);
    expect(applyEmphasis('Original', batch)).toEqual([Float32Array.from([1, 2, 9, 12], (value) => (value * 10) / 24)]);
  });

  it('keeps the mean of the whole batch', () => {
    const batch = [chunk([1, 2], [2]), chunk([3, 4], [1])];
    const result = applyEmphasis('Original', batch);
    expect(mean(result)).toBeCloseTo(2.5, 6);
    expect(mean(result.slice(0, 1))).not.toBeCloseTo(1.5, 3);
  });

  it('leaves the encoding alone for Ignore and None', () => {
    const batch = [chunk([1, 2], [2])];
    for (const emphasis of ['Ignore', 'None'] as const) {
      expect(applyEmphasis(emphasis, batch)).toEqual([Float32Array.of(1, 2)]);
    }
  });

  it('stays finite if the new mean is 0', () => {
    expect(applyEmphasis('Original', [chunk([1, 2], [0])])).toEqual([Float32Array.of(0, 0)]);
  });

  it('does not lose a small mean among large values', () => {
    const values = Array.from({ length: 77 * 768 }, (_, i) => (i % 2 === 0 ? 3 : -3) + 1e-4);
    const weights = Array<number>(77).fill(1.5);
    const [result] = applyEmphasis('Original', [chunk(values, weights)]);
    expect(mean([result!])).toBeCloseTo(1e-4, 6);
  });

  it('rejects values that do not fit the tokens, and never modifies its input', () => {
    expect(() => applyEmphasis('Original', [chunk([1, 2, 3], [1, 1])])).toThrow(/3 encoded values/);
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true }), { minLength: 4, maxLength: 4 }), (values) => {
        const batch = [chunk(values, [0.5, 2])];
        applyEmphasis('Original', batch);
        expect(batch[0]!.encoded).toEqual(Float32Array.from(values));
      }),
    );
  });
});
