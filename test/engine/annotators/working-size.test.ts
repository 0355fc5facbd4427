import { describe, expect, it } from 'vitest';
import type { Picture } from '../../../engine/annotators/picture.ts';
import { annotatePadded, toResolution } from '../../../engine/annotators/working-size.ts';
import { flat } from './pictures.ts';

describe('annotatePadded', () => {
  it('repeats the edge up to multiples of 64, and cuts the result', () => {
    const picture = {
      width: 70,
      height: 65,
      channels: 1,
      data: Uint8Array.from({ length: 70 * 65 }, (_, i) => i % 251),
    };
    const seen: Picture[] = [];
    const result = annotatePadded(picture, 65, (padded) => {
      seen.push(padded);
      return padded;
    });
    expect(result).toEqual(picture);
    const [padded] = seen;
    expect([padded!.width, padded!.height]).toEqual([128, 128]);
    const at = (x: number, y: number) => padded!.data[y * 128 + x];
    expect([at(100, 3), at(127, 64)]).toEqual([at(69, 3), at(69, 64)]);
    expect([at(5, 100), at(127, 127)]).toEqual([at(5, 64), at(69, 64)]);
  });
});

describe('toResolution', () => {
  it.each([
    [128, 160, 66, 66, 82],
    [97, 131, 97, 97, 131],
    [75, 100, 100, 100, 133],
    [200, 100, 64, 128, 64],
  ])('brings %d × %d at %d to %d × %d', (width, height, resolution, newWidth, newHeight) => {
    const resized = toResolution(flat(width, height, [1, 2, 3]), resolution);
    expect(resized).toEqual(flat(newWidth, newHeight, [1, 2, 3]));
  });
});
