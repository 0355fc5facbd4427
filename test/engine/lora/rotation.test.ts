import { describe, expect, it } from 'vitest';
import { rotationOf } from '../../../engine/lora/rotation.ts';
import type { LoraParts } from '../../../weights/lora-keys.ts';
import { distance, numbers, product, transposed, valuesOf, weight } from '../graph/tensors.ts';

const SIZE = 4;
const blocks = weight('oft_blocks', [2, SIZE, SIZE], numbers([2, SIZE, SIZE], 3));
const alphaOf = (value: number) => weight('alpha', [1], Float32Array.of(value));
const blocksOf = async (parts: LoraParts) => {
  const values = valuesOf((await rotationOf(parts, [8, 4]))!);
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
    expect(await rotationOf({ oftDiag: blocks }, [8, 4])).toBe(blocks);
    expect(await rotationOf({ oftBlocks: { ...blocks, shape: [1, 2, SIZE, SIZE] } }, [8, 4])).toBeNull();
    expect(await rotationOf({ oftBlocks: { ...blocks, shape: [8, SIZE, 1] } }, [8, 4])).toBeNull();
    expect(await rotationOf({}, [8, 4])).toBeNull();
  });

  describe("of PEFT's OFT", () => {
    const ELEMENTS = (SIZE * (SIZE - 1)) / 2;
    const above = (count: number, factor: number) =>
      numbers([count, ELEMENTS], 4).map((value) => value * factor) as Float32Array;
    const rotationsOf = async (values: Float32Array, count: number, inputs: number) => {
      const entry = weight('oft_R', [count, ELEMENTS], values);
      const rotation = (await rotationOf({ oftR: entry }, [3, inputs]))!;
      const all = valuesOf(rotation);
      const { shape } = rotation;
      return {
        shape,
        blocks: Array.from({ length: shape[0]! }, (_, i) => all.slice(i * SIZE ** 2, (i + 1) * SIZE ** 2)),
      };
    };

    it("is Cayley's transform of the stored elements, as far as five terms of its series go", async () => {
      const values = above(2, 0.01);
      const { shape, blocks: found } = await rotationsOf(values, 2, 2 * SIZE);
      expect(shape).toEqual([2, SIZE, SIZE]);
      for (const [block, r] of found.entries()) {
        const q = new Float32Array(SIZE * SIZE);
        let next = block * ELEMENTS;
        for (let row = 0; row < SIZE; row++) {
          for (let column = row + 1; column < SIZE; column++, next++) {
            q[row * SIZE + column] = values[next]!;
            q[column * SIZE + row] = -values[next]!;
          }
        }
        // To first order R is I + 2Q; R(I − Q) is I + Q up to Q⁴.
        const left = product(
          r,
          IDENTITY.map((value, i) => value - q[i]!),
          SIZE,
        );
        const right = IDENTITY.map((value, i) => value + q[i]!);
        expect(distance(left, right)).toBeLessThan(1e-6);
        expect(distance(r, IDENTITY)).toBeGreaterThan(5e-4);
        expect(distance(product(r, transposed(r, SIZE), SIZE), IDENTITY)).toBeLessThan(1e-5);
      }
    });

    it('is the series itself for large rotations', async () => {
      const q = 0.7;
      const entry = weight('oft_R', [1, 1], Float32Array.of(q));
      const r = valuesOf((await rotationOf({ oftR: entry }, [3, 2]))!);
      // In two dimensions Q² is −q²·I, so R is (1 − q²)²·I + 2(1 − q²)·Q.
      const [same, other] = [(1 - q * q) ** 2, 2 * (1 - q * q) * q];
      expect(distance(r, Float32Array.of(same, other, -other, same))).toBeLessThan(1e-6);
    });

    it('shares one block, and has no rotation of an odd number of elements', async () => {
      const { shape, blocks: found } = await rotationsOf(above(1, 0.1), 1, 3 * SIZE);
      expect(shape).toEqual([3, SIZE, SIZE]);
      expect(found[2]).toEqual(found[0]);
      expect(await rotationOf({ oftR: weight('oft_R', [2, 4], numbers([2, 4], 1)) }, [3, 8])).toBeNull();
      expect(await rotationOf({ oftR: weight('oft_R', [4], numbers([4], 1)) }, [3, 8])).toBeNull();
    });
  });
});
