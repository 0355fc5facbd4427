import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Interpolation, resize } from '../../../../engine/annotators/opencv/resize.ts';
import type { Picture } from '../../../../engine/annotators/picture.ts';
import { flat, pictures } from '../pictures.ts';

const INTERPOLATIONS: readonly Interpolation[] = ['nearest', 'area', 'cubic'];
const size = fc.integer({ min: 1, max: 40 });
const gray = (width: number, ...values: number[]): Picture => ({
  width,
  height: values.length / width,
  channels: 1,
  data: Uint8Array.from(values),
});

describe.each(INTERPOLATIONS)('resize by %s', (interpolation) => {
  it('keeps one color', () => {
    fc.assert(
      fc.property(size, size, size, size, (fromWidth, fromHeight, width, height) => {
        const resized = resize(flat(fromWidth, fromHeight, [0, 93, 255]), width, height, interpolation);
        expect(resized).toEqual(flat(width, height, [0, 93, 255]));
      }),
    );
  });

  it('keeps a picture of the same size', () => {
    fc.assert(
      fc.property(pictures(3), (picture) => {
        expect(resize(picture, picture.width, picture.height, interpolation)).toBe(picture);
      }),
    );
  });

  it('treats channels alike', () => {
    fc.assert(
      fc.property(pictures(1), size, size, (picture, width, height) => {
        const [one, three] = [picture, { ...picture, channels: 3, data: tripled(picture.data) }].map((source) =>
          resize(source, width, height, interpolation),
        );
        expect(three!.data).toEqual(tripled(one!.data));
      }),
    );
  });

  it('computes float32 pictures like 8-bit ones, without rounding', () => {
    fc.assert(
      fc.property(pictures(2), size, size, (picture, width, height) => {
        const exact = resize({ ...picture, data: Float32Array.from(picture.data) }, width, height, interpolation).data;
        const rounded = resize(picture, width, height, interpolation).data;
        const off = exact.map((value, i) => Math.abs(Math.min(Math.max(value, 0), 255) - rounded[i]!));
        expect(Math.max(...off)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

const tripled = (values: Uint8Array) => Uint8Array.from([...values].flatMap((value) => [value, value, value]));

describe('resize', () => {
  it('rounds halves up in 2 × 2 blocks and to even in others', () => {
    expect([...resize(gray(2, 0, 1, 1, 0), 1, 1, 'area').data]).toEqual([1]);
    expect([...resize(gray(2, 0, 1), 1, 1, 'area').data]).toEqual([0]);
    expect([...resize(gray(2, 1, 2), 1, 1, 'area').data]).toEqual([2]);
  });

  it('overshoots at an edge with cubic interpolation, clamped in 8 bits only', () => {
    const edge = gray(4, 0, 0, 255, 255);
    const float = resize({ ...edge, data: Float32Array.from(edge.data) }, 8, 1, 'cubic').data;
    expect(Math.min(...float)).toBeLessThan(0);
    expect(Math.max(...float)).toBeGreaterThan(255);
    const bytes = resize(edge, 8, 1, 'cubic').data;
    expect([Math.min(...bytes), Math.max(...bytes)]).toEqual([0, 255]);
  });
});
