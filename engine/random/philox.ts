const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57] as const;
const KEY_STEPS = [0x9e3779b9, 0xbb67ae85] as const;
const ROUNDS = 10;
/** 2⁻³², and 2π times that, as CUDA's curand has them in float32. */
const TO_UNIT = Math.fround(2.3283064e-10);
const TO_ANGLE = Math.fround(2.3283064e-10 * 6.2831855);

/**
 * torch.randn of a GPU by Nvidia, computed on the CPU: Philox 4×32-10 (Salmon et al. 2011) and the first value of
 * Box and Muller's pair; A1111's `rng_philox.Generator`. A GPU gives the same values for as many as it computes at
 * once, which is above 100,000 for each frame.
 */
export class PhiloxGenerator {
  readonly #key: readonly [number, number];
  /** Counts draws, not values. */
  #draw = 0;

  /** @param seed its low 64 bits are used */
  constructor(seed: number | bigint) {
    const bits = BigInt.asUintN(64, BigInt(seed));
    this.#key = [Number(bits & 0xffffffffn), Number(bits >> 32n)];
  }

  /** The next `count` values. A draw of 16 is not the same as two of 8. */
  randn(count: number): Float32Array {
    const draw = this.#draw++;
    return Float32Array.from({ length: count }, (_, i) => {
      const [x, y] = philox(draw, i, this.#key);
      const radius = Math.sqrt(-2 * Math.log(x * TO_UNIT + TO_UNIT / 2));
      return radius * Math.sin(y * TO_ANGLE + TO_ANGLE / 2);
    });
  }
}

/** The first two of the four words for a counter (draw, 0, index, 0). */
function philox(draw: number, index: number, [key0, key1]: readonly [number, number]): [number, number] {
  let [c0, c1, c2, c3, k0, k1] = [draw, 0, index, 0, key0, key1];
  for (let round = 0; round < ROUNDS; round++) {
    const [high0, low0] = product(MULTIPLIERS[0], c0);
    const [high1, low1] = product(MULTIPLIERS[1], c2);
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1, (high0 ^ c3 ^ k1) >>> 0, low0];
    k0 = (k0 + KEY_STEPS[0]) >>> 0;
    k1 = (k1 + KEY_STEPS[1]) >>> 0;
  }
  return [c0, c1];
}

/** The high and the low word of the product of two words, by halves, since a number holds 53 bits exactly. */
function product(a: number, b: number): [high: number, low: number] {
  const [aHigh, aLow, bHigh, bLow] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carried = aLow * bHigh + (middle & 0xffff);
  return [aHigh * bHigh + (middle >>> 16) + (carried >>> 16), Math.imul(a, b) >>> 0];
}
