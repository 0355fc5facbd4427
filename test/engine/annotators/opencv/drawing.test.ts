import { describe, expect, it } from 'vitest';
import {
  ellipsePolygon,
  fillCircle,
  fillConvexPolygon,
  thickLine,
} from '../../../../engine/annotators/opencv/drawing.ts';
import type { Picture } from '../../../../engine/annotators/picture.ts';

const RED = [255, 0, 0] as const;

const black = (side: number): Picture => ({
  width: side,
  height: side,
  channels: 3,
  data: new Uint8Array(side * side * 3),
});

/** What was drawn, `#` and `.`. */
const rows = ({ width, height, data }: Picture) =>
  Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => (data[(y * width + x) * 3] ? '#' : '.')).join(''),
  );

describe('fillCircle', () => {
  it('draws round circles, also at the edge', () => {
    const picture = black(9);
    fillCircle(picture, { x: 4, y: 4 }, 4, RED);
    // As cv2.circle draws it.
    expect(rows(picture)).toEqual([
      '....#....',
      '..#####..',
      '.#######.',
      '.#######.',
      '#########',
      '.#######.',
      '.#######.',
      '..#####..',
      '....#....',
    ]);
    const part = black(4);
    fillCircle(part, { x: 0, y: 0 }, 2, RED);
    expect(rows(part)).toEqual(['###.', '##..', '#...', '....']);
  });
});

describe('fillConvexPolygon', () => {
  it('fills what is between its corners, and its edges', () => {
    const picture = black(6);
    fillConvexPolygon(
      picture,
      [
        { x: 1, y: 1 },
        { x: 4, y: 1 },
        { x: 4, y: 3 },
        { x: 1, y: 3 },
      ],
      RED,
    );
    expect(rows(picture)).toEqual(['......', '.####.', '.####.', '.####.', '......', '......']);
  });

  it('draws ellipses of every angle without holes, with the same area', () => {
    const areas = Array.from({ length: 37 }, (_, i) => {
      const picture = black(64);
      fillConvexPolygon(picture, ellipsePolygon({ x: 32, y: 32 }, [20, 4], 10 * i - 180), RED);
      const drawn = rows(picture);
      for (const row of drawn) expect(row).toMatch(/^\.*#*\.*$/);
      return drawn.join('').replaceAll('.', '').length;
    });
    const mean = areas.reduce((sum, area) => sum + area) / areas.length;
    for (const area of areas) expect(Math.abs(area - mean)).toBeLessThan(0.1 * mean);
    // π times half of each axis, and the pixels of the outline.
    expect(mean).toBeGreaterThan(Math.PI * 20 * 4);
  });

  it('is cut at the edges of the picture', () => {
    const picture = black(8);
    fillConvexPolygon(picture, ellipsePolygon({ x: 0, y: 7 }, [30, 4], -45), RED);
    expect(rows(picture)[0]!.endsWith('##')).toBe(true);
    expect(rows(picture)[7]!.startsWith('###')).toBe(true);
  });
});

describe('thickLine', () => {
  it('has the width, and a round end', () => {
    const picture = black(9);
    thickLine(picture, { x: 2, y: 4 }, { x: 6, y: 4 }, 2, RED);
    expect(rows(picture).slice(3, 6)).toEqual(['..#####..', '.#######.', '..#####..']);
  });

  it('draws the same in both directions', () => {
    for (const to of [
      { x: 25, y: 4 },
      { x: 9, y: 28 },
      { x: 3, y: 3 },
    ]) {
      const [there, back] = [black(32), black(32)];
      thickLine(there, { x: 4, y: 6 }, to, 2, RED);
      thickLine(back, to, { x: 4, y: 6 }, 2, RED);
      const differing = rows(there)
        .join('')
        .split('')
        .filter((pixel, i) => pixel !== rows(back).join('')[i]).length;
      expect(differing).toBeLessThanOrEqual(4);
    }
  });
});
