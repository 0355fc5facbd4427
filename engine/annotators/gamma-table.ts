const { fround } = Math;

/** All 8-bit values to the power of gamma, in float32 and cut to integers. */
export function gammaTable(gamma: number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, value) => fround(fround(fround(value / 255) ** gamma) * 255));
}
