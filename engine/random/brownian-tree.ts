import { createGenerator, type NoiseGenerator } from './generator.ts';
import { seedWords } from './seed-sequence.ts';

const f = Math.fround;
/** torchsde's defaults for a `BrownianTree`. */
const POOL_SIZE = 24;
const DIGITS = 6;
/** Increments that are kept, because the next ones are computed from their parents. */
const CACHED = 45;

/** A part of the whole interval, which is halved again and again: `_Interval` of torchsde. */
interface Interval {
  readonly start: number;
  readonly end: number;
  readonly parent: Interval | null;
  readonly isLeft: boolean;
  /** Path from the root as a number, and its length. */
  readonly spawnKey: number;
  readonly depth: number;
  /** Set when it is split. */
  middle?: number;
  seed?: number;
  left?: Interval;
  right?: Interval;
}

/**
 * A Brownian path over noise levels whose increments depend only on the seed, not on the order in which they are asked
 * for: torchsde's `BrownianTree` (`BrownianInterval` with `halfway_tree`), Li et al. 2020, "Scalable Gradients for
 * Stochastic Differential Equations", appendix E. Intervals are halved down to 10⁻⁶, and every increment is float32, as
 * there.
 */
export class BrownianTree {
  readonly #seed: number;
  readonly #generator: NoiseGenerator;
  readonly #size: number;
  readonly #root: Interval;
  readonly #whole: Float32Array;
  readonly #cache = new Map<Interval, Float32Array>();

  /** @param from,to the ends of the interval, `from` < `to` @param size values of an increment */
  constructor(seed: number, from: number, to: number, size: number, generator: NoiseGenerator) {
    this.#generator = generator;
    this.#size = size;
    this.#seed = seed;
    this.#root = { start: rounded(from), end: rounded(to), parent: null, isLeft: false, spawnKey: 0, depth: 0 };
    const deviation = Math.sqrt(to - from);
    this.#whole = this.#randn(seedWords(seed, [], POOL_SIZE, 1)[0]!).map((value) => value * f(deviation));
  }

  /** The increment from one point to a later one; both are clamped to the interval. */
  increment(from: number, to: number): Float32Array {
    const clamp = (value: number) => rounded(Math.min(Math.max(value, this.#root.start), this.#root.end));
    const parts = this.#locate(this.#root, clamp(from), clamp(to));
    if (parts.length === 0) return new Float32Array(this.#size);
    return parts.map((part) => this.#incrementOf(part)).reduce((sum, part) => sum.map((value, i) => value + part[i]!));
  }

  /** The intervals that make up [from, to], in order; made where they are missing. */
  #locate(interval: Interval, from: number, to: number): Interval[] {
    if (from >= to) return [];
    if (from === interval.start && to === interval.end) return [interval];
    if (interval.middle === undefined) this.#split(interval, from === interval.start ? to : from);
    const middle = interval.middle!;
    if (to <= middle) return this.#locate(interval.left!, from, to);
    if (from >= middle) return this.#locate(interval.right!, from, to);
    return [...this.#locate(interval.left!, from, middle), ...this.#locate(interval.right!, middle, to)];
  }

  /** Halves an interval until one of its descendants is split at `at`. */
  #split(interval: Interval, at: number): void {
    const { start, end, parent, isLeft } = interval;
    const middle = rounded(0.5 * (end + start));
    const spawnKey = parent ? 2 * parent.spawnKey + (isLeft ? 0 : 1) : 0;
    const depth = parent ? parent.depth + 1 : 0;
    Object.assign(interval, {
      spawnKey,
      depth,
      middle,
      seed: seedWords(this.#seed, [spawnKey, depth], POOL_SIZE, 1)[0]!,
    });
    const child = { parent: interval, spawnKey: 0, depth: 0 };
    interval.left = { ...child, start, end: middle, isLeft: true };
    interval.right = { ...child, start: middle, end, isLeft: false };
    if (at > middle) this.#split(interval.right, at);
    else if (at < middle) this.#split(interval.left, at);
  }

  #incrementOf(interval: Interval): Float32Array {
    const { parent } = interval;
    if (!parent) return this.#whole;
    const known = this.#cache.get(interval);
    if (known) {
      this.#cache.delete(interval);
      this.#cache.set(interval, known);
      return known;
    }
    const whole = this.#incrementOf(parent);
    const left = parent.middle! - parent.start;
    const right = parent.end - parent.middle!;
    const reciprocal = 1 / (parent.end - parent.start);
    const [leftFactor, deviation, inverse] = [f(left), f(Math.sqrt(left * right * reciprocal)), f(reciprocal)];
    const noise = this.#randn(parent.seed!);
    const leftPart = whole.map((value, i) => f(f(leftFactor * value) * inverse) + f(deviation * noise[i]!));
    const rightPart = whole.map((value, i) => value - leftPart[i]!);
    this.#keep(interval.isLeft ? parent.right! : parent.left!, interval.isLeft ? rightPart : leftPart);
    const own = interval.isLeft ? leftPart : rightPart;
    this.#keep(interval, own);
    return own;
  }

  #keep(interval: Interval, increment: Float32Array): void {
    this.#cache.set(interval, increment);
    if (this.#cache.size > CACHED) this.#cache.delete(this.#cache.keys().next().value!);
  }

  #randn(seed: number): Float32Array {
    return createGenerator(this.#generator, seed).randn(this.#size);
  }
}

/** Python's `round(value, 6)`. */
const rounded = (value: number): number => Number(value.toFixed(DIGITS));
