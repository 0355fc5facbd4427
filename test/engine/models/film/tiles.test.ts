import { describe, expect, it } from 'vitest';
import { betweenInTiles } from '../../../../engine/models/film/tiles.ts';

const SIZE = { height: 128, width: 320 };
const picture = (shift: number) =>
  Float32Array.from({ length: 3 * SIZE.height * SIZE.width }, (_, i) => (Math.sin(i / 50 + shift) + 1) / 2);

describe('betweenInTiles', () => {
  it('gives the same picture as at once, if no pixel depends on others', async () => {
    const sizes: string[] = [];
    const [first, second] = [picture(0), picture(1)];
    const made = await betweenInTiles(first, second, 0.25, SIZE, 128, (size) => async (a, b, time) => {
      sizes.push(`${size.width}×${size.height}`);
      return a.map((value, i) => value * (1 - time) + b[i]! * time);
    });
    expect(sizes).toEqual(['128×128', '128×128', '128×128']);
    const worst = made.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (first[i]! * 0.75 + second[i]! * 0.25))),
      0,
    );
    expect(worst).toBeLessThan(1e-6);
  });

  it('blends tiles in their overlaps, without edges', async () => {
    let tile = 0;
    const first = picture(0);
    const made = await betweenInTiles(first, first, 0.5, SIZE, 128, () => async (a) => {
      tile++;
      return a.map(() => tile);
    });
    const row = [...made.subarray(0, SIZE.width)];
    expect([row[0], row.at(-1)]).toEqual([1, 3]);
    for (let x = 1; x < row.length; x++) {
      expect(row[x]! - row[x - 1]!).toBeGreaterThanOrEqual(0);
      expect(row[x]! - row[x - 1]!).toBeLessThan(0.05);
    }
  });
});
