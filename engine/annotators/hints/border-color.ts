import type { Picture, Samples } from '../picture.ts';

/** The median of each channel over the outermost pixels: top row, bottom row, left and right column, corners twice. */
export function borderColor({ width, height, channels, data }: Picture<Samples>): number[] {
  const pixels: number[] = [];
  for (let x = 0; x < width; x++) pixels.push(x, (height - 1) * width + x);
  for (let y = 0; y < height; y++) pixels.push(y * width, y * width + width - 1);
  return Array.from({ length: channels }, (_, channel) => {
    const sorted = Float32Array.from(pixels, (pixel) => data[pixel * channels + channel]!).sort();
    // An even number: corners count twice.
    const middle = sorted.length / 2;
    return (sorted[middle - 1]! + sorted[middle]!) / 2;
  });
}
