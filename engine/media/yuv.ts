/** BT.709's weights of red and blue in luma (ITU-R BT.709-6, 3.2). */
const RED = 0.2126;
const BLUE = 0.0722;
const GREEN = 1 - RED - BLUE;

/**
 * RGB as YUV 4:2:0 in BT.709's limited range, which players assume: a plane of luma, then one of each chroma with the mean
 * of every four pixels.
 *
 * @param rgb 8-bit `[height, width, 3]`, both even
 */
export function yuv420(rgb: Uint8Array, width: number, height: number): Uint8Array {
  const area = width * height;
  const out = new Uint8Array((area * 3) / 2);
  for (let pixel = 0; pixel < area; pixel++) out[pixel] = Math.round(16 + (219 / 255) * lumaAt(rgb, pixel * 3));
  const [columns, rows] = [width / 2, height / 2];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let [red, green, blue] = [0, 0, 0];
      for (const corner of [0, 1, width, width + 1]) {
        const at = (row * 2 * width + column * 2 + corner) * 3;
        red += rgb[at]! / 4;
        green += rgb[at + 1]! / 4;
        blue += rgb[at + 2]! / 4;
      }
      const luma = RED * red + GREEN * green + BLUE * blue;
      const to = area + row * columns + column;
      out[to] = Math.round(128 + ((224 / 255) * (blue - luma)) / (2 - 2 * BLUE));
      out[to + columns * rows] = Math.round(128 + ((224 / 255) * (red - luma)) / (2 - 2 * RED));
    }
  }
  return out;
}

const lumaAt = (rgb: Uint8Array, at: number): number => RED * rgb[at]! + GREEN * rgb[at + 1]! + BLUE * rgb[at + 2]!;
