import { expect, it } from 'vitest';
import { interpolationFor } from '../../../../engine/annotators/hints/resize-colors.ts';

/** A gray picture of 20 × 20 pixels with so many levels. */
const levels = (count: number) => ({
  width: 20,
  height: 20,
  channels: 1,
  data: Uint8Array.from({ length: 400 }, (_, i) => i % count),
});

it.each([
  [1, 'area', 'cubic'],
  [2, 'area', 'cubic'],
  [3, 'nearest', 'nearest'],
  [199, 'nearest', 'nearest'],
  [200, 'area', 'cubic'],
])('resizes %d colors by %s down and by %s up', (count, down, up) => {
  expect(interpolationFor(levels(count), 19, 21)).toBe(down);
  expect(interpolationFor(levels(count), 40, 10)).toBe(up);
  expect(interpolationFor(levels(count), 21, 20)).toBe(up);
});

it('counts colors, not levels', () => {
  const data = new Uint8Array(20 * 20 * 3);
  for (let pixel = 0; pixel < 400; pixel++) data.set([pixel % 15, Math.floor(pixel / 15), 0], pixel * 3);
  expect(interpolationFor({ width: 20, height: 20, channels: 3, data }, 30, 30)).toBe('cubic');
});
