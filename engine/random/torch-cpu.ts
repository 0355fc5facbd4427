import { log32, sincos32 } from './float32-math.ts';
import { Mt19937 } from './mt19937.ts';

/** torch draws fewer values than this one by one in float64, and more in blocks of this size. */
const BLOCK = 16;
const TWO_PI_32 = Math.fround(2 * Math.PI);

/**
 * `torch.Generator('cpu').manual_seed(seed)` and `torch.randn` in float32
 * (ATen/native/cpu/DistributionTemplates.h, ATen/core/DistributionsHelper.h).
 */
export class TorchGenerator {
  readonly #words: Mt19937;
  /** The second value of a pair of doubles, kept for the next short draw. */
  #spare: number | undefined;

  /** @param seed any integer; only its low 32 bits are used, so −1 is 2³² − 1 */
  constructor(seed: number | bigint) {
    this.#words = new Mt19937(Number(BigInt.asUintN(32, BigInt(seed))));
  }

  /** The next `count` standard-normal values. A draw of 16 is not the same as two of 8. */
  randn(count: number): Float32Array {
    const out = new Float32Array(count);
    if (count < BLOCK) {
      for (let i = 0; i < count; i++) out[i] = this.#normal();
      return out;
    }
    this.#fillUniform(out);
    const whole = count - (count % BLOCK);
    for (let start = 0; start < whole; start += BLOCK) toNormal(out, start);
    if (whole < count) {
      // torch draws the last block again, overwriting the tail of the previous one.
      const tail = out.subarray(count - BLOCK);
      this.#fillUniform(tail);
      toNormal(tail, 0);
    }
    return out;
  }

  #fillUniform(out: Float32Array): void {
    for (let i = 0; i < out.length; i++) out[i] = (this.#words.word() & 0xffffff) / 2 ** 24;
  }

  #normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    const angle = 2 * Math.PI * this.#uniform53();
    const radius = Math.sqrt(-2 * Math.log1p(-this.#uniform53()));
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** 53 random bits in [0, 1). */
  #uniform53(): number {
    const high = this.#words.word() & 0x1fffff;
    return (high * 2 ** 32 + this.#words.word()) / 2 ** 53;
  }
}

/** Box-Muller in place on 16 uniform values: value j and value j + 8 make a pair. */
function toNormal(values: Float32Array, start: number): void {
  for (let j = start; j < start + BLOCK / 2; j++) {
    const radius = Math.fround(Math.sqrt(Math.fround(-2 * log32(Math.fround(1 - values[j]!)))));
    const { sin, cos } = sincos32(Math.fround(TWO_PI_32 * values[j + BLOCK / 2]!));
    values[j] = radius * cos;
    values[j + BLOCK / 2] = radius * sin;
  }
}
