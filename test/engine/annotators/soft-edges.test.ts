import { describe, expect, it } from 'vitest';
import { scribbled, softEdges } from '../../../engine/annotators/soft-edges.ts';

const mapOf = (...values: number[]) => ({
  width: values.length,
  height: 1,
  channels: 1,
  data: Float32Array.from(values),
});

describe('softEdges', () => {
  // Sigmoids: 0.5, 0.75, 0.25, 1 and 0.
  const map = mapOf(0, Math.log(3), -Math.log(3), 50, -50);

  it('is the probability of an edge in 8 bits, cut to integers', () => {
    expect([...softEdges(map, 0).data]).toEqual([127, 191, 63, 255, 0]);
  });

  it('has few levels if it is safe: the number of steps from black to white', () => {
    // ⌊3p⌋ ÷ 2, and 1.5 is clipped.
    expect([...softEdges(map, 2).data]).toEqual([127, 255, 0, 255, 0]);
    // ⌊5p⌋ ÷ 4.
    expect([...softEdges(map, 4).data]).toEqual([127, 191, 63, 255, 0]);
    expect([...softEdges(mapOf(0.7), 4).data]).toEqual([191]);
  });
});

describe('scribbled', () => {
  const [width, height] = [60, 50];
  /** A soft ridge from the top left to the bottom right, 12 pixels wide. */
  const ridge = (brightest: number) => ({
    width,
    height,
    channels: 1,
    data: Uint8Array.from({ length: width * height }, (_, i) => {
      const distance = Math.abs((i % width) - 1.1 * Math.floor(i / width)) / Math.hypot(1, 1.1);
      return brightest * Math.max(0, 1 - distance / 6);
    }),
  });

  it('draws a stroke of even width along the middle of a ridge', () => {
    const { data } = scribbled(ridge(255));
    expect(new Set(data)).toEqual(new Set([0, 255]));
    for (const y of [15, 25, 35]) {
      const row = [...data.subarray(y * width, (y + 1) * width)];
      const first = row.indexOf(255);
      const last = row.lastIndexOf(255);
      expect(row.slice(first, last + 1).every((value) => value === 255)).toBe(true);
      // The blur of a thin line of 1 to 2 pixels by 3 pixels is above 4 up to about 7 pixels from it.
      expect(Math.abs((first + last) / 2 - 1.1 * y)).toBeLessThan(1.5);
      expect(last - first).toBeGreaterThan(11);
      expect(last - first).toBeLessThan(24);
    }
  });

  it('leaves out edges that are not sure', () => {
    expect(scribbled(ridge(120)).data.every((value) => value === 0)).toBe(true);
    expect(scribbled({ ...ridge(0) }).data.every((value) => value === 0)).toBe(true);
  });
});
