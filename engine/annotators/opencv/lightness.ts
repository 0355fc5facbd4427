/** Steps of linear light and of lightness in OpenCV's integers (`lab_shift`, `LAB_CBRT_TAB_SIZE_B`). */
const LIGHT_ONE = 255 * 8;
const LIGHTNESS_ONE = 1 << 15;

const LINEAR = Int32Array.from({ length: 256 }, (_, value) => {
  const x = value / 255;
  return Math.round(LIGHT_ONE * (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
});

/** L* ÷ 100 · 255 by linear light. */
const LIGHTNESS = Uint8Array.from({ length: LIGHT_ONE + 1 }, (_, light) => {
  const y = light / LIGHT_ONE;
  const f = Math.round(LIGHTNESS_ONE * (y >= 216 / 24389 ? Math.cbrt(y) : 7.787 * y + 16 / 116));
  return (296 * f - 1336935 + (LIGHTNESS_ONE >> 1)) >> 15;
});

/** The first channel of `cv2.cvtColor(…, COLOR_RGB2LAB)` of one 8-bit pixel. */
export function lightness(red: number, green: number, blue: number): number {
  return LIGHTNESS[(871 * LINEAR[red]! + 2929 * LINEAR[green]! + 296 * LINEAR[blue]! + 2048) >> 12]!;
}
