import type { Picture, Samples } from './picture.ts';

/**
 * A gray picture in another size, as PyTorch's `interpolate` with `mode="bilinear"` and `align_corners=False`: pixel
 * centers correspond, and a smaller picture has only the pixels next to them.
 *
 * @param width of the result, at least 1
 * @param height of the result, at least 1
 * @returns `[height, width]`, flat
 */
export function interpolateBilinear(gray: Picture<Samples>, width: number, height: number): Float32Array {
  const columns = taps(gray.width, width);
  const rows = taps(gray.height, height);
  const out = new Float32Array(width * height);
  rows.forEach(({ first: above, second: below, share: down }, y) => {
    columns.forEach(({ first: left, second: right, share: across }, x) => {
      const row = (at: number) =>
        (1 - across) * gray.data[at * gray.width + left]! + across * gray.data[at * gray.width + right]!;
      out[y * width + x] = (1 - down) * row(above) + down * row(below);
    });
  });
  return out;
}

/** The two pixels that each new one is between, and the share of the second. */
function taps(length: number, newLength: number) {
  return Array.from({ length: newLength }, (_, i) => {
    const at = Math.max(0, ((i + 0.5) * length) / newLength - 0.5);
    const first = Math.min(Math.floor(at), length - 1);
    return { first, second: Math.min(first + 1, length - 1), share: at - first };
  });
}
