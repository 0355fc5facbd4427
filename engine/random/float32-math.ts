/**
 * ln, sin and cos as torch's vectorized CPU code computes them in float32: the Cephes polynomials of avx_mathfun.h,
 * with every multiply-add fused (one rounding). Math.log and Math.sin are more accurate, so their last bit differs from
 * the noise that A1111 generates for a seed.
 */
const f = Math.fround;

/** a·b + c rounded once: the product of two float32 is exact in double. */
const fma = (a: number, b: number, c: number): number => f(a * b + c);

const polynomial = (coefficients: Float32Array, x: number): number => {
  let sum = coefficients[0]!;
  for (let i = 1; i < coefficients.length; i++) sum = fma(sum, x, coefficients[i]!);
  return sum;
};

const LOG = Float32Array.of(
  7.0376836292e-2,
  -1.151461031e-1,
  1.167699874e-1,
  -1.2420140846e-1,
  1.4249322787e-1,
  -1.6668057665e-1,
  2.0000714765e-1,
  -2.4999993993e-1,
  3.3333331174e-1,
);
const LN2_LOW = f(-2.1219444e-4);
const LN2_HIGH = f(0.693359375);
const SQRT_HALF = f(Math.SQRT1_2);

/** @param x a float32 in [2⁻¹²⁶, 2] */
export function log32(x: number): number {
  let exponent = Math.floor(Math.log2(x)) + 1;
  let mantissa = x / 2 ** exponent;
  // Math.log2 may round up just below a power of two.
  if (mantissa < 0.5) {
    mantissa *= 2;
    exponent--;
  }
  if (mantissa < SQRT_HALF) {
    mantissa *= 2;
    exponent--;
  }
  const m = f(mantissa - 1);
  const square = f(m * m);
  let y = fma(f(polynomial(LOG, m) * m), square, f(exponent * LN2_LOW));
  y = fma(-square, 0.5, y);
  return fma(exponent, LN2_HIGH, f(m + y));
}

const COS = Float32Array.of(2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2);
const SIN = Float32Array.of(-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1);
const FOUR_OVER_PI = f(4 / Math.PI);
/** −π ÷ 4 in three parts. */
const QUARTER_PI = [-0.78515625, f(-2.418756484985352e-4), f(-3.774894977445941e-8)] as const;

/** @param x a float32 in [0, 8192] */
export function sincos32(x: number): { sin: number; cos: number } {
  const octant = (Math.trunc(f(x * FOUR_OVER_PI)) + 1) & ~1;
  let rest = x;
  for (const part of QUARTER_PI) rest = fma(octant, part, rest);
  const square = f(rest * rest);
  const cosine = f(fma(f(polynomial(COS, square) * square), square, -square / 2) + 1);
  const sine = fma(f(polynomial(SIN, square) * square), rest, rest);
  const swap = (octant & 2) !== 0;
  const sin = swap ? cosine : sine;
  const cos = swap ? sine : cosine;
  return { sin: octant & 4 ? -sin : sin, cos: (octant - 2) & 4 ? cos : -cos };
}
