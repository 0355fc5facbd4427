import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resizeHint, resizeInpaintHint } from '../../../../engine/annotators/hints/resize-hint.ts';
import type { ResizeMode } from '../../../../engine/annotators/hints/resize-mode.ts';
import { runs } from '../../../property-runs.ts';
import { drawn, flat, pictures } from '../pictures.ts';

const MODES: readonly ResizeMode[] = ['crop', 'fill', 'stretch'];
const side = fc.integer({ min: 1, max: 8 }).map((units) => units * 8);

describe.each(MODES)('resizeHint, %s', (mode) => {
  it('has the size of the frame', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 3).chain((channels) => pictures(channels)),
        side,
        side,
        (hint, width, height) => {
          const resized = resizeHint(hint, width, height, mode);
          expect([resized.width, resized.height, resized.channels]).toEqual([width, height, hint.channels]);
          expect(resized.data).toHaveLength(width * height * hint.channels);
        },
      ),
    );
  });

  it('keeps a black and white map black and white', () => {
    const hint = drawn('..........', '.#........', '..#...###.', '...#..###.', '....#.###.', '..........');
    for (const [width, height] of [
      [64, 64],
      [8, 8],
      [40, 16],
    ] as const) {
      expect(new Set(resizeHint(hint, width, height, mode).data)).toEqual(new Set([0, 255]));
    }
  });
});

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('resizeHint', () => {
  it('adds no color to a map of few colors', () => {
    const colors = [
      [255, 0, 0],
      [0, 255, 0],
      [40, 40, 200],
    ];
    fc.assert(
      fc.property(
        fc.array(fc.nat(2), { minLength: 30, maxLength: 30 }),
        side,
        side,
        fc.constantFrom<ResizeMode>('crop', 'stretch'),
        (cells, width, height, mode) => {
          const hint = {
            width: 6,
            height: 7,
            channels: 3,
            data: Uint8Array.from([...cells, ...range(12)].flatMap((i) => colors[i % 3]!)),
          };
          const resized = resizeHint(hint, width, height, mode).data;
          const known = new Set(colors.map(String));
          const found = range(width * height).map((pixel) => String(resized.slice(pixel * 3, pixel * 3 + 3)));
          expect(found.filter((color) => !known.has(color))).toEqual([]);
        },
      ),
      runs(30),
    );
  });

  it('keeps thin lines one pixel wide', () => {
    const hint = drawn(...range(16).map((y) => (y > 2 && y < 13 ? '.......#........' : '................')));
    const enlarged = resizeHint(hint, 64, 64, 'stretch').data;
    const widths = range(64).map((y) => enlarged.subarray(y * 64, (y + 1) * 64).filter((value) => value > 0).length);
    // Its ends, at rows 12 and 52, fork.
    expect(widths.slice(22, 44)).toEqual(range(22).map(() => 1));
    expect(widths.slice(0, 10)).toEqual(range(10).map(() => 0));
  });

  it('crops the middle and fills with the median of the border', () => {
    const wide = { width: 16, height: 8, channels: 1, data: Uint8Array.from({ length: 128 }, (_, i) => (i % 16) * 10) };
    expect([...resizeHint(wide, 8, 8, 'crop').data.subarray(0, 8)]).toEqual([40, 50, 60, 70, 80, 90, 100, 110]);
    const filled = resizeHint(wide, 16, 16, 'fill').data;
    expect(new Set(filled.subarray(0, 4 * 16))).toEqual(new Set([75]));
    expect([...filled.subarray(4 * 16, 5 * 16)]).toEqual([...wide.data.subarray(0, 16)]);
    expect(new Set(filled.subarray(12 * 16))).toEqual(new Set([75]));
  });

  it('leaves a hint of the right size as it is', () => {
    fc.assert(
      fc.property(pictures(3), fc.constantFrom(...MODES), (hint, mode) => {
        expect(resizeHint(hint, hint.width, hint.height, mode)).toEqual(hint);
      }),
    );
  });
});

describe('resizeInpaintHint', () => {
  it('has a mask of 0 and 255, at equal size, too', () => {
    fc.assert(
      fc.property(pictures(4), side, side, fc.constantFrom(...MODES), (hint, width, height, mode) => {
        for (const resized of [
          resizeInpaintHint(hint, width, height, mode),
          resizeInpaintHint(hint, hint.width, hint.height, mode),
        ]) {
          const mask = resized.data.filter((_, at) => at % 4 === 3);
          expect(mask.every((value) => value === 0 || value === 255)).toBe(true);
        }
      }),
      runs(30),
    );
  });

  it('repaints the border, whose color is not cut to integers', () => {
    const hint = flat(8, 8, [10, 20, 30, 0]);
    hint.data.set([11, 20, 30, 0], 0);
    const { data } = resizeInpaintHint({ ...hint, data: hint.data }, 24, 8, 'fill');
    expect([...data.subarray(0, 4)]).toEqual([10, 20, 30, 255]);
    expect(data[8 * 4 + 3]).toBe(0);
  });
});
