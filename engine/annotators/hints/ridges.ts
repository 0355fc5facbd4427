import { type Picture, type Samples, zerosLike } from '../picture.ts';

/** Row and column of one neighbor in each of four directions; the other one is opposite. */
const DIRECTIONS = [
  [0, 1],
  [1, 0],
  [1, 1],
  [1, -1],
] as const;

/** Keeps the pixels of a gray picture that are not darker than both neighbors in some direction; others are black. */
export function ridges<Data extends Samples>(gray: Picture<Data>): Picture<Data> {
  const { width, height, data } = gray;
  const kept = zerosLike(data, data.length);
  // Outside, nothing is brighter.
  const at = (y: number, x: number) => (y < 0 || y >= height || x < 0 || x >= width ? 0 : data[y * width + x]!);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = data[y * width + x]!;
      if (value === 0) continue;
      const isRidge = DIRECTIONS.some(([dy, dx]) => value >= at(y + dy, x + dx) && value >= at(y - dy, x - dx));
      if (isRidge) kept[y * width + x] = value;
    }
  }
  return { ...gray, data: kept };
}
