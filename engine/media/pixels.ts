/** Conversion of floats to bytes: A1111 truncates, diffusers rounds. */
export type PixelRounding = 'truncate' | 'round';

/**
 * A decoded image as 8-bit RGB: clamp((x + 1) / 2, 0, 1) · 255.
 *
 * @param pixels `[3, height, width]` in about −1…1, flat
 * @returns RGB, row by row
 */
export function toRgb(pixels: Float32Array, rounding: PixelRounding = 'truncate'): Uint8Array {
  const area = pixels.length / 3;
  const rgb = new Uint8Array(pixels.length);
  const half = rounding === 'round' ? 0.5 : 0;
  for (let channel = 0; channel < 3; channel++) {
    for (let i = 0; i < area; i++) {
      const unit = Math.min(1, Math.max(0, (pixels[channel * area + i]! + 1) / 2));
      rgb[i * 3 + channel] = Math.floor(unit * 255 + half);
    }
  }
  return rgb;
}
