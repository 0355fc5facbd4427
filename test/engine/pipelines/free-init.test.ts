import { describe, expect, it } from 'vitest';
import { type Complex, fourier } from '../../../engine/pipelines/fourier.ts';
import { lowPassFilter, renewedNoise } from '../../../engine/pipelines/free-init.ts';
import type { FreeInit } from '../../../plan/plan.ts';
import { distance, numbers } from '../graph/tensors.ts';

const SHAPE = { frames: 3, channels: 2, height: 4, width: 5 };
const DIMS = [3, 2, 4, 5];
const CLEAN = numbers(DIMS, 1).map((value) => 3 * value + 1);
const NOISE = numbers(DIMS, 2);

const filterOf = (filter: FreeInit['filter'], d_s: number, d_t: number): FreeInit => ({
  filter,
  d_s,
  d_t,
  iterations: 2,
});

/** The transform by its definition. */
function byDefinition({ real, imaginary }: Complex, dims: readonly number[]): Complex {
  const placesOf = (index: number) => {
    let rest = index;
    return dims.toReversed().map((size) => {
      const place = rest % size;
      rest = Math.floor(rest / size);
      return place / size;
    });
  };
  const sizes = dims.toReversed();
  const out = { real: real.map(() => 0), imaginary: real.map(() => 0) };
  for (let k = 0; k < real.length; k++) {
    for (let i = 0; i < real.length; i++) {
      const places = placesOf(i);
      const angle =
        -2 * Math.PI * placesOf(k).reduce((sum, frequency, axis) => sum + frequency * sizes[axis]! * places[axis]!, 0);
      out.real[k]! += real[i]! * Math.cos(angle) - imaginary[i]! * Math.sin(angle);
      out.imaginary[k]! += real[i]! * Math.sin(angle) + imaginary[i]! * Math.cos(angle);
    }
  }
  return out;
}

describe('fourier', () => {
  it.each([[[8]], [[7]], [[12]], [[144]], [[67]], [[2, 75]], [[3, 4, 5]], [[1, 6, 2]]])(
    'transforms values of %j, and back',
    (dims) => {
      const values = {
        real: Float64Array.from(numbers(dims, 1)),
        imaginary: Float64Array.from(numbers(dims, 2)),
      };
      const spectrum = fourier(values, dims, 'forward');
      const expected = byDefinition(values, dims);
      const back = fourier(spectrum, dims, 'inverse');
      for (const i of values.real.keys()) {
        expect(spectrum.real[i]).toBeCloseTo(expected.real[i]!, 9);
        expect(spectrum.imaginary[i]).toBeCloseTo(expected.imaginary[i]!, 9);
        expect(back.real[i]).toBeCloseTo(values.real[i]!, 12);
        expect(back.imaginary[i]).toBeCloseTo(values.imaginary[i]!, 12);
      }
    },
  );
});

// sd-webui-animatediff's formulas with NumPy's FFT: the sum of the filter, and the first and the last values of the noise.
const EXPECTED = [
  ['butterworth', 0.25, 0.25, 0.120289, [0.914572, -0.976803, 0.833835], [1.014951, -0.88419, 0.575938]],
  ['gaussian', 0.5, 0.25, 5.708305, [1.249177, -0.744077, 1.028051], [1.353492, -0.664964, 0.789749]],
  ['ideal', 0.25, 0.5, 18, [1.705109, -0.212473, 1.376771], [1.880963, -0.328886, 1.290162]],
  ['box', 0.6, 0.7, 8, [1.601696, -0.257663, 1.524626], [1.691849, -0.216883, 1.297918]],
] as const;

describe('FreeInit', () => {
  it.each(EXPECTED)('filters as sd-webui-animatediff does: %s, %d, %d', (filter, d_s, d_t, sum, first, last) => {
    const mask = lowPassFilter(filterOf(filter, d_s, d_t), SHAPE);
    expect(mask.reduce((total, value) => total + value, 0)).toBeCloseTo(sum, 5);
    const renewed = renewedNoise(CLEAN, NOISE, { freeInit: filterOf(filter, d_s, d_t), shape: SHAPE, alpha: 0.5 });
    for (const [i, value] of first.entries()) expect(renewed[i]).toBeCloseTo(value, 5);
    for (const [i, value] of last.entries()) expect(renewed.at(i - last.length)).toBeCloseTo(value, 5);
  });

  it('keeps the noise if no frequency passes, and takes the noised clip if all do', () => {
    const none = renewedNoise(CLEAN, NOISE, { freeInit: filterOf('butterworth', 0, 0.25), shape: SHAPE, alpha: 0.5 });
    expect(none).toEqual(NOISE);
    const all = renewedNoise(CLEAN, NOISE, { freeInit: filterOf('ideal', 1, 1e9), shape: SHAPE, alpha: 0.25 });
    const noised = CLEAN.map((value, i) => 0.5 * value + Math.sqrt(0.75) * NOISE[i]!);
    expect(lowPassFilter(filterOf('ideal', 1, 1e9), SHAPE).filter((value) => value === 0)).toHaveLength(0);
    expect(distance(all, noised)).toBeLessThan(1e-5);
  });
});
