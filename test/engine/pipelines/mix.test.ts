import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lerp, slerp } from '../../../engine/pipelines/mix.ts';
import { checkers } from '../../golden/mix.ts';
import { testCases } from '../../golden/tests.ts';

const floats = (...values: number[]) => Float32Array.from(values);

describe('lerp', () => {
  it('goes straight', () => {
    expect(lerp(floats(0, 8), floats(4, 0), 0.25)).toEqual(floats(1, 6));
  });

  it('rejects tensors of different lengths', () => {
    expect(() => lerp(floats(1, 2), floats(1), 0.5)).toThrow(/2 and 1 values.*pad/);
  });
});

describe('slerp', () => {
  testCases(checkers);

  it('preserves the length of vectors of equal length, unlike lerp', () => {
    const middle = slerp(floats(3, 0), floats(0, 3), 0.5);
    expect(Math.hypot(...middle)).toBeCloseTo(3, 6);
    expect(Math.hypot(...lerp(floats(3, 0), floats(0, 3), 0.5))).toBeLessThan(2.2);
  });

  it('is linear between parallel and between opposite vectors', () => {
    expect(slerp(floats(1, 2), floats(2, 4), 0.5)).toEqual(floats(1.5, 3));
    expect(slerp(floats(1, 0), floats(-1, 0), 0.25)).toEqual(floats(0.5, 0));
  });

  it('is linear if a vector has no direction', () => {
    expect(slerp(floats(0, 0), floats(2, 4), 0.5)).toEqual(floats(1, 2));
  });

  it('rejects tensors of different lengths', () => {
    expect(() => slerp(floats(1, 0), floats(0, 1, 5), 0.5)).toThrow(/2 and 3 values/);
  });

  const vector = fc.float32Array({ minLength: 6, maxLength: 6, noNaN: true, min: -8, max: 8 });

  it('begins at one end, ends at the other, and is the same seen from there', () => {
    fc.assert(
      fc.property(vector, vector, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, t) => {
        const close = (x: Float32Array, y: Float32Array) =>
          x.forEach((value, i) => {
            expect(value).toBeCloseTo(y[i]!, 4);
          });
        close(slerp(a, b, 0), a);
        close(slerp(a, b, 1), b);
        close(slerp(a, b, t), slerp(b, a, 1 - t));
      }),
    );
  });
});
