import fc from 'fast-check';
import type { Picture } from '../../../engine/annotators/picture.ts';

/** A gray picture from rows of characters: `#` is white, anything else black. */
export function drawn(...rows: readonly string[]): Picture {
  const [width, height] = [rows[0]!.length, rows.length];
  return { width, height, channels: 1, data: Uint8Array.from(rows.join(''), (cell) => (cell === '#' ? 255 : 0)) };
}

/** The rows of a gray picture, as {@link drawn} reads them. */
export function rowsOf({ width, height, data }: Picture): string[] {
  const row = (y: number) => [...data.subarray(y * width, (y + 1) * width)].map((value) => (value > 127 ? '#' : '.'));
  return Array.from({ length: height }, (_, y) => row(y).join(''));
}

export function flat(width: number, height: number, color: readonly number[]): Picture {
  const data = Uint8Array.from({ length: width * height * color.length }, (_, i) => color[i % color.length]!);
  return { width, height, channels: color.length, data };
}

/** Pictures of random values. */
export function pictures(channels: number, longest = 24): fc.Arbitrary<Picture> {
  const side = fc.integer({ min: 1, max: longest });
  return fc.tuple(side, side).chain(([width, height]) => {
    const length = width * height * channels;
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((data) => ({ width, height, channels, data: Uint8Array.from(data) }));
  });
}
