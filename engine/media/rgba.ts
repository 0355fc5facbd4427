/** RGB pixels as opaque RGBA, for encoders that require it. */
export function rgba(rgb: Uint8Array): Uint8Array {
  const pixels = rgb.length / 3;
  const result = new Uint8Array(pixels * 4).fill(255);
  for (let pixel = 0; pixel < pixels; pixel++) {
    result[pixel * 4] = rgb[pixel * 3]!;
    result[pixel * 4 + 1] = rgb[pixel * 3 + 1]!;
    result[pixel * 4 + 2] = rgb[pixel * 3 + 2]!;
  }
  return result;
}
