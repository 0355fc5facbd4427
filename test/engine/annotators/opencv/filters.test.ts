import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cannyEdges } from '../../../../engine/annotators/opencv/canny-edges.ts';
import { gaussianBlur, gaussianBlurFloat } from '../../../../engine/annotators/opencv/gaussian-blur.ts';
import { dilate, erode } from '../../../../engine/annotators/opencv/morphology.ts';
import { otsuThreshold } from '../../../../engine/annotators/opencv/otsu.ts';
import { remap } from '../../../../engine/annotators/opencv/remap.ts';
import { drawn, flat, pictures, rowsOf } from '../pictures.ts';

const sigma = fc.double({ min: 0.01, max: 64, noNaN: true });

describe('Gaussian blurs', () => {
  it('keep one color, of pictures smaller than the kernel, too', () => {
    const side = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(side, side, sigma, (width, height, blur) => {
        const picture = flat(width, height, [17, 255]);
        expect(gaussianBlur(picture, blur)).toEqual(picture);
        for (const [i, value] of gaussianBlurFloat(picture, blur).data.entries()) {
          expect(value).toBeCloseTo(picture.data[i]!, 3);
        }
      }),
    );
  });

  it('spread a point as OpenCV 4.14 does', () => {
    const point = { ...flat(7, 1, [0]), data: Uint8Array.of(0, 0, 0, 255, 0, 0, 0) };
    expect([...gaussianBlur(point, 0.8).data]).toEqual([0, 6, 58, 128, 58, 6, 0]);
  });
});

describe('cannyEdges', () => {
  const step = { ...flat(6, 3, [0]), data: Uint8Array.from({ length: 18 }, (_, i) => (i % 6 < 3 ? 0 : 40)) };

  it('finds a step once, if its gradient is above the thresholds', () => {
    expect(rowsOf(cannyEdges(step, 100, 159))).toEqual(['..#...', '..#...', '..#...']);
    expect(rowsOf(cannyEdges(step, 159, 100))).toEqual(['..#...', '..#...', '..#...']);
    expect(rowsOf(cannyEdges(step, 100, 160))).toEqual(['......', '......', '......']);
  });

  it('keeps weak edges that are connected to strong ones only', () => {
    const strong = {
      ...step,
      height: 6,
      data: Uint8Array.from({ length: 36 }, (_, i) => (i % 6 < 3 ? 0 : i < 18 ? 80 : 40)),
    };
    const weak = { ...strong, data: strong.data.map((value) => value / 2) };
    expect(cannyEdges(strong, 100, 300).data.filter((value) => value > 0).length).toBeGreaterThanOrEqual(6);
    expect(cannyEdges(weak, 50, 300).data.every((value) => value === 0)).toBe(true);
  });
});

describe('morphology', () => {
  it('ignores what is outside the picture', () => {
    const corner = drawn('##..', '##..', '....');
    expect(rowsOf(erode(corner))).toEqual(['#...', '....', '....']);
    expect(rowsOf(dilate(corner))).toEqual(['###.', '###.', '###.']);
  });

  it('never raises a value by opening', () => {
    fc.assert(
      fc.property(pictures(3), (picture) => {
        const opened = dilate(erode(picture)).data;
        expect(opened.every((value, i) => value <= picture.data[i]!)).toBe(true);
      }),
    );
  });
});

describe('otsuThreshold', () => {
  it('separates two groups at the first possible value', () => {
    expect(otsuThreshold(Uint8Array.of(10, 12, 200, 210))).toBe(12);
    expect(otsuThreshold(Uint8Array.of(0, 0, 0, 255))).toBe(0);
  });

  it('is 0 for equal values', () => {
    expect(otsuThreshold(Uint8Array.of(90, 90, 90))).toBe(0);
  });
});

describe('remap', () => {
  it('keeps a picture with its own positions', () => {
    fc.assert(
      fc.property(pictures(3), (picture) => {
        const { width, height } = picture;
        const columns = Float32Array.from({ length: width * height }, (_, i) => i % width);
        const rows = Float32Array.from({ length: width * height }, (_, i) => Math.floor(i / width));
        expect(remap(picture, columns, rows)).toEqual(picture);
      }),
    );
  });

  it('mixes neighbors in steps of 1/32 and is black outside', () => {
    const picture = { width: 2, height: 1, channels: 1, data: Uint8Array.of(0, 255) };
    expect([...remap(picture, Float32Array.of(0.5, 0.51), new Float32Array(2)).data]).toEqual([128, 128]);
    expect([...remap(picture, Float32Array.of(1.5, -3), new Float32Array(2)).data]).toEqual([128, 0]);
  });
});
