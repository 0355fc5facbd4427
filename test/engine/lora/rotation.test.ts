import { describe, expect, it } from 'vitest';
import { rotationOf } from '../../../engine/lora/rotation.ts';
import type { LoraParts } from '../../../weights/lora-keys.ts';
import { distance, numbers, product, transposed, valuesOf, weight } from '../graph/tensors.ts';

const SIZE = 4;
const blocks = weight('oft_blocks', [2, SIZE, SIZE], numbers([2, SIZE, SIZE], 3));
const alphaOf = (value: number) => weight('alpha', [1], Float32Array.of(value));
const blocksOf = async (parts: LoraParts) => {
  const values = valuesOf((await rotationOf(parts, 8))!);
  return [values.slice(0, SIZE * SIZE), values.slice(SIZE * SIZE)];
};
const IDENTITY = Float32Array.from({ length: SIZE * SIZE }, (_, i) => (i % (SIZE + 1) === 0 ? 1 : 0));

describe('rotationOf', () => {
  it('gives rotations that fulfill the transform', async () => {
    for (const [block, r] of (await blocksOf({ oftBlocks: blocks })).entries()) {
      expect(distance(product(r, transposed(r, SIZE), SIZE), IDENTITY)).toBeLessThan(1e-6);
      // R(I − Q) = I + Q
      const b = valuesOf(blocks).slice(block * SIZE * SIZE, (block + 1) * SIZE * SIZE);
      const q = b.map((value, i) => value - transposed(b, SIZE)[i]!);
      const left = product(
        r,
        IDENTITY.map((value, i) => value - q[i]!),
        SIZE,
      );
      const right = IDENTITY.map((value, i) => value + q[i]!);
      expect(distance(left, right)).toBeLessThan(1e-6);
    }
  });

  it('limits the norm of all blocks together to alpha · outputs', async () => {
    const [free] = await blocksOf({ oftBlocks: blocks });
    expect(distance((await blocksOf({ oftBlocks: blocks, alpha: alphaOf(100) }))[0]!, free!)).toBeLessThan(1e-6);
    expect(distance((await blocksOf({ oftBlocks: blocks, alpha: alphaOf(0) }))[0]!, free!)).toBe(0);
    // To first order R is I + 2Q.
    const small = await blocksOf({ oftBlocks: blocks, alpha: alphaOf(1e-4 / 8) });
    const squares = small.flatMap((r) => [...r.map((value, i) => ((value - IDENTITY[i]!) / 2) ** 2)]);
    expect(Math.sqrt(squares.reduce((sum, value) => sum + value))).toBeCloseTo(1e-4, 6);
  });

  it('takes stored rotations, and no butterflies', async () => {
    expect(await rotationOf({ oftDiag: blocks }, 8)).toBe(blocks);
    expect(await rotationOf({ oftBlocks: { ...blocks, shape: [1, 2, SIZE, SIZE] } }, 8)).toBeNull();
    expect(await rotationOf({ oftBlocks: { ...blocks, shape: [8, SIZE, 1] } }, 8)).toBeNull();
    expect(await rotationOf({}, 8)).toBeNull();
  });
});
