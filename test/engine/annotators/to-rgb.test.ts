import { describe, expect, it } from 'vitest';
import { toRgb } from '../../../engine/annotators/to-rgb.ts';

const pixel = (...values: number[]) => ({
  width: 1,
  height: 1,
  channels: values.length,
  data: Uint8Array.from(values),
});
const rgb = (...values: number[]) => [...toRgb(pixel(...values)).data];

describe('toRgb', () => {
  it('repeats gray and keeps RGB', () => {
    expect(rgb(7)).toEqual([7, 7, 7]);
    expect(rgb(1, 2, 3)).toEqual([1, 2, 3]);
  });

  it('lays alpha on white', () => {
    expect(rgb(9, 8, 7, 0)).toEqual([255, 255, 255]);
    expect(rgb(9, 8, 7, 255)).toEqual([9, 8, 7]);
    expect(rgb(0, 100, 200, 51)).toEqual([204, 224, 244]);
    expect(rgb(100, 51)).toEqual([224, 224, 224]);
  });

  it('darkens white under 31 of all alphas, as float32 does', () => {
    const whites = Array.from({ length: 256 }, (_, alpha) => rgb(255, 255, 255, alpha)[0]);
    expect(whites.filter((value) => value === 254)).toHaveLength(31);
    expect(whites.filter((value) => value === 255)).toHaveLength(225);
  });
});
