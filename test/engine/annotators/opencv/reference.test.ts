import { expect, it } from 'vitest';
import {
  ellipsePolygon,
  fillCircle,
  fillConvexPolygon,
  thickLine,
} from '../../../../engine/annotators/opencv/drawing.ts';
import { warpExcerpt } from '../../../../engine/annotators/opencv/warp-affine.ts';

// From OpenCV 4.5.1 (@techstark/opencv-js).

it('draws what cv2.fillConvexPoly, cv2.line and cv2.circle draw', () => {
  const side = 24;
  const red = [255, 0, 0] as const;
  const picture = { width: side, height: side, channels: 3, data: new Uint8Array(side * side * 3) };
  fillConvexPolygon(picture, ellipsePolygon({ x: 10, y: 9 }, [9, 4], 33), red);
  thickLine(picture, { x: 3, y: 21 }, { x: 22, y: 14 }, 2, red);
  fillCircle(picture, { x: 20, y: 4 }, 3, red);
  const rows = Array.from({ length: side }, (_, y) =>
    Array.from({ length: side }, (_, x) => (picture.data[(y * side + x) * 3] ? '#' : '.')).join(''),
  );
  expect(rows).toEqual([
    '........................',
    '....................#...',
    '..................#####.',
    '...######.........#####.',
    '..#########......#######',
    '..###########.....#####.',
    '..############....#####.',
    '..##############....#...',
    '...##############.......',
    '....#############.......',
    '....##############......',
    '.....##############.....',
    '.......############.....',
    '........###########..##.',
    '..........##############',
    '............###########.',
    '.............########...',
    '..........########......',
    '........########........',
    '.....########...........',
    '...#######..............',
    '..#####.................',
    '...##...................',
    '........................',
  ]);
});

it('cuts out what cv2.warpAffine cuts out', () => {
  const data = Uint8Array.from({ length: 7 * 5 * 3 }, (_, i) => (i * 97) % 256);
  const excerpt = { left: -1.37, top: 0.77, scale: 0.6123 };
  const part = warpExcerpt({ width: 7, height: 5, channels: 3, data }, excerpt, { width: 4, height: 3 });
  expect([...part.data]).toEqual(
    [
      [0, 0, 0, 48, 22, 46, 161, 75, 156, 114, 105, 202],
      [0, 0, 0, 60, 20, 45, 203, 69, 151, 137, 98, 195],
      [0, 0, 0, 59, 19, 43, 197, 63, 145, 130, 91, 188],
    ].flat(),
  );
});
