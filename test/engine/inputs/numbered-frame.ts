/**
 * Reads the frames of the files in `files/`, which were made for these tests: the top sixth shows the frame's number as
 * eight blocks (left 128, white 1), the second sixth the same inverted, and below are six flat patches.
 */
interface Pixels {
  readonly width: number;
  readonly height: number;
  /** 8-bit RGB. */
  readonly rgb: Uint8Array;
}

/** The number of a frame; null if a block cannot be read. */
export function numberOf(frame: Pixels): number | null {
  let number = 0;
  for (let bit = 0; bit < 8; bit++) {
    const [above, below] = [1 / 12, 3 / 12].map((y) => brightness(colorAt(frame, (bit + 0.5) / 8, y)));
    if (Math.abs(above! - below!) < 80) return null;
    number = number * 2 + (above! > below! ? 1 : 0);
  }
  return number;
}

/** The colors of the patches, row by row. */
export function patchesOf(frame: Pixels): number[][] {
  return Array.from({ length: 6 }, (_, i) => colorAt(frame, ((i % 3) + 0.5) / 3, 1 / 2 + Math.floor(i / 3) / 3));
}

/** The brightness of its white blocks. */
export const whiteOf = (frame: Pixels): number =>
  Math.max(...Array.from({ length: 8 }, (_, bit) => brightness(colorAt(frame, (bit + 0.5) / 8, 1 / 12))));

const brightness = ([red, green, blue]: readonly number[]) => (red! + green! + blue!) / 3;

/** The color at a place in fractions of width and height. */
function colorAt({ width, height, rgb }: Pixels, x: number, y: number): number[] {
  const at = (Math.floor(y * height) * width + Math.floor(x * width)) * 3;
  return [...rgb.subarray(at, at + 3)];
}
