/** Of one frame's latents. */
export interface NoiseShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/**
 * Noise of one size in the middle of noise of another size; what is outside is cut off (A1111's `seed_resize_from_w`
 * and `seed_resize_from_h`).
 */
export function resized(inner: Float32Array, from: NoiseShape, around: Float32Array, to: NoiseShape): Float32Array {
  const out = around.slice();
  const x = middle(to.width, from.width);
  const y = middle(to.height, from.height);
  for (let channel = 0; channel < to.channels; channel++) {
    for (let row = 0; row < y.length; row++) {
      const source = (channel * from.height + y.from + row) * from.width + x.from;
      out.set(inner.subarray(source, source + x.length), (channel * to.height + y.to + row) * to.width + x.to);
    }
  }
  return out;
}

/** Python's division by 2 rounds down, so an odd rest cuts one more value of a larger inner size. */
function middle(to: number, from: number): { from: number; to: number; length: number } {
  const offset = Math.floor((to - from) / 2);
  return { from: Math.max(-offset, 0), to: Math.max(offset, 0), length: offset >= 0 ? from : from + 2 * offset };
}
