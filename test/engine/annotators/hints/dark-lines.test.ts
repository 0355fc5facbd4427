import { describe, expect, it } from 'vitest';
import { hasDarkLines, isBlackAndWhite } from '../../../../engine/annotators/hints/dark-lines.ts';
import type { Picture } from '../../../../engine/annotators/picture.ts';

type Color = readonly [number, number, number];

const [BLACK, WHITE, GRAY]: readonly Color[] = [
  [0, 0, 0],
  [255, 255, 255],
  [128, 128, 128],
];
/** The bars of a test picture: saturated colors, of which every value is black or white. */
const BARS: readonly Color[] = [
  [255, 255, 0],
  [0, 255, 255],
  [0, 255, 0],
  [255, 0, 255],
  [255, 0, 0],
  [0, 0, 255],
];

/** A picture of colors, each in so many pixels. */
function picture(parts: readonly (readonly [Color, number])[]): Picture {
  const data = Uint8Array.from(parts.flatMap(([color, count]) => Array.from({ length: count }, () => color).flat()));
  return { width: data.length / 3, height: 1, channels: 3, data };
}

describe('a hint', () => {
  it.each<[string, Parameters<typeof picture>[0], boolean, boolean]>([
    [
      'dark lines on white',
      [
        [BLACK!, 10],
        [WHITE!, 90],
      ],
      true,
      true,
    ],
    [
      'soft dark lines on white',
      [
        [BLACK!, 10],
        [GRAY!, 8],
        [WHITE!, 82],
      ],
      true,
      true,
    ],
    [
      'white lines on black',
      [
        [BLACK!, 90],
        [WHITE!, 10],
      ],
      false,
      true,
    ],
    ['white alone', [[WHITE!, 100]], false, true],
    [
      'a photo',
      [
        [BLACK!, 10],
        [GRAY!, 60],
        [WHITE!, 30],
      ],
      false,
      false,
    ],
    ['bars of saturated colors', BARS.map((color) => [color, 10]), false, false],
    ['yellow', [[BARS[0]!, 100]], false, false],
    [
      'red on white',
      [
        [BARS[4]!, 20],
        [WHITE!, 80],
      ],
      false,
      false,
    ],
    [
      'dark lines on white, with a little color',
      [
        [BLACK!, 10],
        [BARS[4]!, 5],
        [WHITE!, 85],
      ],
      true,
      true,
    ],
    [
      'colors of lossy files',
      [
        [[254, 252, 1], 50],
        [[2, 1, 253], 50],
      ],
      false,
      false,
    ],
  ])('of %s', (_, parts, dark, blackAndWhite) => {
    const hint = picture(parts);
    expect([hasDarkLines(hint), isBlackAndWhite(hint)]).toEqual([dark, blackAndWhite]);
  });

  it('may be gray', () => {
    const data = Uint8Array.from({ length: 100 }, (_, i) => (i < 10 ? 0 : 255));
    expect(hasDarkLines({ width: 100, height: 1, channels: 1, data })).toBe(true);
  });
});
