import { largest, smallest } from '../../../plan/extremes.ts';
import { roundHalfEven } from '../../../plan/round-half-even.ts';
import type { Picture } from '../picture.ts';

export type Color = readonly [red: number, green: number, blue: number];

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** OpenCV's coordinates inside of pixels have 16 bits (`XY_SHIFT`). */
const ONE = 2 ** 16;
const HALF = ONE / 2;

const pixelOf = (fixed: number) => Math.floor(fixed / ONE);
const nearestPixel = (fixed: number) => pixelOf(fixed + HALF);

/** Colors one pixel, if it is inside of the picture. */
function put({ width, height, data }: Picture, x: number, y: number, color: Color): void {
  if (x < 0 || y < 0 || x >= width || y >= height) return;
  data.set(color, (y * width + x) * 3);
}

function putRow(picture: Picture, from: number, to: number, y: number, color: Color): void {
  for (let x = Math.max(from, 0); x <= Math.min(to, picture.width - 1); x++) put(picture, x, y, color);
}

/**
 * `cv2.circle(…, thickness=-1)`: a filled circle, by the midpoint algorithm.
 *
 * @param picture RGB, which is drawn on
 * @param center whole pixels
 */
export function fillCircle(picture: Picture, center: Point, radius: number, color: Color): void {
  forCircle(radius, (dx, dy) => {
    for (const y of [center.y - dy, center.y + dy]) putRow(picture, center.x - dx, center.x + dx, y, color);
    for (const y of [center.y - dx, center.y + dx]) putRow(picture, center.x - dy, center.x + dy, y, color);
  });
}

/** One eighth of a circle. */
function forCircle(radius: number, draw: (dx: number, dy: number) => void): void {
  let [dx, dy, error, plus, minus] = [radius, 0, 0, 1, 2 * radius - 1];
  while (dx >= dy) {
    draw(dx, dy);
    dy++;
    error += plus;
    plus += 2;
    if (error > 0) {
      error -= minus;
      dx--;
      minus -= 2;
    }
  }
}

/**
 * `cv2.line` with a thickness of 2 or more: a rectangle with a circle at each end. Where a line leaves the picture, its
 * edge may differ by a pixel from OpenCV's, which cuts it first.
 *
 * @param from whole pixels
 */
export function thickLine(picture: Picture, from: Point, to: Point, thickness: number, color: Color): void {
  const [dx, dy] = [from.x - to.x, to.y - from.y];
  const length = Math.hypot(dx, dy);
  const half = thickness * HALF;
  if (length > 0) {
    const scale = (half + (thickness % 2) * HALF) / length;
    const [across, down] = [roundHalfEven(dy * scale), roundHalfEven(dx * scale)];
    const corner = ({ x, y }: Point, sign: number): Point => ({ x: x * ONE + sign * across, y: y * ONE + sign * down });
    const corners = [corner(from, 1), corner(from, -1), corner(to, -1), corner(to, 1)];
    fillFixed(picture, corners, color, (a, b) => fixedLine(picture, a, b, color));
  }
  for (const end of [from, to]) fillCircle(picture, end, pixelOf(half + HALF), color);
}

/** `cv2.fillConvexPoly`. @param points whole pixels */
export function fillConvexPolygon(picture: Picture, points: readonly Point[], color: Color): void {
  const fixed = points.map(({ x, y }) => ({ x: x * ONE, y: y * ONE }));
  fillFixed(picture, fixed, color, (a, b) => pixelLine(picture, inPixels(a), inPixels(b), color));
}

const inPixels = ({ x, y }: Point): Point => ({ x: x / ONE, y: y / ONE });

/** One of the two sides of a polygon, from top to bottom. */
interface Side {
  readonly step: 1 | -1;
  corner: number;
  /** The row at which its edge ends. */
  end: number;
  x: number;
  slope: number;
}

/** Fills a convex polygon between its sides, row by row, and draws its outline. @param drawEdge draws a part of it */
function fillFixed(
  picture: Picture,
  points: readonly Point[],
  color: Color,
  drawEdge: (from: Point, to: Point) => void,
): void {
  points.forEach((point, i) => void drawEdge(points.at(i - 1)!, point));
  if (points.length < 3) return;
  const rows = points.map(({ y }) => nearestPixel(y));
  const top = rows.indexOf(smallest(rows));
  const bottom = Math.min(largest(rows), picture.height - 1);
  const first = rows[top]!;
  const sides = ([1, -1] as const).map((step): Side => ({ step, corner: top, end: first, x: -ONE, slope: 0 }));
  let edges = points.length;
  for (let y = first; y <= bottom; y++) {
    for (const side of sides) {
      if (y < side.end) continue;
      let corner = side.corner;
      for (; edges > 0; corner = next(corner, side.step, points.length)) {
        edges--;
        const below = next(corner, side.step, points.length);
        const end = rows[below]!;
        if (end <= y) continue;
        const [start, across] = [points[corner]!.x, points[below]!.x - points[corner]!.x];
        Object.assign(side, { corner: below, end, x: start });
        side.slope = Math.trunc((2 * across + (end - y)) / (2 * (end - y)));
        break;
      }
    }
    // No side goes further down.
    if (sides.some(({ end }) => end <= y)) break;
    const [left, right] = sides.map(({ x }) => x).sort((a, b) => a - b) as [number, number];
    if (y >= 0) putRow(picture, nearestPixel(left), nearestPixel(right), y, color);
    for (const side of sides) side.x += side.slope;
  }
}

const next = (corner: number, step: 1 | -1, count: number) => (corner + step + count) % count;

/** A line of one pixel between whole pixels, as Bresenham's, from left to right. */
function pixelLine(picture: Picture, from: Point, to: Point, color: Color): void {
  const [start, end] = to.x < from.x ? [to, from] : [from, to];
  const [dx, dy] = [end.x - start.x, Math.abs(end.y - start.y)];
  const down = end.y < start.y ? -1 : 1;
  const isSteep = dy > dx;
  const [long, short] = isSteep ? [dy, dx] : [dx, dy];
  let { x, y } = start;
  let error = long - 2 * short;
  for (let i = 0; i <= long; i++) {
    put(picture, x, y, color);
    const isDiagonal = error < 0;
    error += isDiagonal ? 2 * (long - short) : -2 * short;
    x += isSteep && !isDiagonal ? 0 : 1;
    y += isSteep || isDiagonal ? down : 0;
  }
}

/** A line of one pixel between points inside of pixels: along its longer side, it has one pixel in each row or column. */
function fixedLine(picture: Picture, from: Point, to: Point, color: Color): void {
  const isWide = Math.abs(to.x - from.x) > Math.abs(to.y - from.y);
  const [along, across] = isWide ? (['x', 'y'] as const) : (['y', 'x'] as const);
  const [start, end] = to[along] < from[along] ? [to, from] : [from, to];
  const length = end[along] - start[along];
  // OpenCV divides by an odd number, which is never 0.
  const slope = Math.trunc(((end[across] - start[across]) * ONE) / (length % 2 === 0 ? length + 1 : length));
  const draw = (a: number, b: number) => (isWide ? put(picture, a, b, color) : put(picture, b, a, color));
  draw(nearestPixel(end[along]), nearestPixel(end[across]));
  let [a, b] = [nearestPixel(start[along]), start[across] + HALF];
  for (let left = pixelOf(length); left >= 0; left--, a++, b += slope) draw(a, pixelOf(b));
}

/** A sine in the precision of OpenCV's table, which has 7 digits. @param degrees whole */
const sine = (degrees: number) => Math.fround(Math.round(Math.sin((degrees * Math.PI) / 180) * 1e7) / 1e7);

/**
 * `cv2.ellipse2Poly(center, axes, angle, 0, 360, 1)`: the outline of an ellipse.
 *
 * @param axes half of its width and of its height, whole pixels
 * @param angle whole degrees, in −180 … 180
 * @returns whole pixels, at least two
 */
export function ellipsePolygon(center: Point, axes: readonly [number, number], angle: number): Point[] {
  const turned = (angle + 360) % 360;
  const [cos, sin] = [sine(90 - turned), sine(turned)];
  const points: Point[] = [];
  for (let degrees = 0; degrees <= 360; degrees++) {
    const [x, y] = [axes[0] * sine(90 - degrees), axes[1] * sine(degrees)];
    const point = { x: roundHalfEven(center.x + x * cos - y * sin), y: roundHalfEven(center.y + x * sin + y * cos) };
    const last = points.at(-1);
    if (!last || last.x !== point.x || last.y !== point.y) points.push(point);
  }
  return points.length === 1 ? [center, center] : points;
}
