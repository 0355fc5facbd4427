/** Above this |cosine|, two encodings count as parallel: the arc's sine is too small to divide by. */
const PARALLEL = 0.9995;

/** (1 − t)·a + t·b of two flat tensors of one length. @param t in [0, 1] */
export function lerp(a: Float32Array, b: Float32Array, t: number): Float32Array {
  return weighted(a, 1 - t, b, t);
}

/**
 * Spherical interpolation from `a` to `b`, each as a single vector of all its values: sd-webui-animatediff's `slerp`
 * (animatediff_prompt.py). The angle is between their directions; lengths are mixed with the same weights. Parallel and
 * opposite vectors, and vectors of length 0, are mixed by `lerp`.
 *
 * @param t in [0, 1]
 */
export function slerp(a: Float32Array, b: Float32Array, t: number): Float32Array {
  let aa = 0;
  let bb = 0;
  let ab = 0;
  for (let i = 0; i < a.length; i++) {
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
    ab += a[i]! * b[i]!;
  }
  const cosine = ab / Math.sqrt(aa * bb);
  // NaN, from a vector of length 0, fails this comparison, too.
  if (!(Math.abs(cosine) <= PARALLEL)) return lerp(a, b, t);
  const angle = Math.acos(cosine);
  const sine = Math.sin(angle);
  return weighted(a, Math.sin((1 - t) * angle) / sine, b, Math.sin(t * angle) / sine);
}

function weighted(a: Float32Array, weightA: number, b: Float32Array, weightB: number): Float32Array {
  if (a.length !== b.length) {
    throw new Error(
      `Encoded prompts of ${a.length} and ${b.length} values cannot be mixed; pad the shorter one first.`,
    );
  }
  const out = new Float32Array(a.length);
  for (let i = 0; i < out.length; i++) out[i] = weightA * a[i]! + weightB * b[i]!;
  return out;
}
