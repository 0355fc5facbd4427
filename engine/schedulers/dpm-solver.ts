import { ancestralStep, type SamplerParameters, SigmaScheduler, type SigmaSteps } from './k-diffusion.ts';
import {
  linear,
  type Memory,
  NO_MEMORY,
  type NoiseSource,
  type PartOfStep,
  type Step,
  withNoise,
} from './scheduler.ts';
import { linspace } from './sigmas.ts';

/** Predictions that several solvers of one step share. */
class SharedPredictions {
  readonly known = new Map<string, Float32Array>();
  readonly #predict: (sample: Float32Array, sigma: number) => PartOfStep;

  constructor(predict: (sample: Float32Array, sigma: number) => PartOfStep) {
    this.#predict = predict;
  }

  *at(key: string, sample: () => Float32Array, sigma: number): PartOfStep {
    const known = this.known.get(key);
    if (known) return known;
    const made = yield* this.#predict(sample(), sigma);
    this.known.set(key, made);
    return made;
  }
}

/** DPM-Solver of order 1 to 3, Lu et al. 2022, algorithms 1 and 2: k-diffusion's `DPMSolver`. */
abstract class DpmSolver extends SigmaScheduler {
  protected share(): SharedPredictions {
    return new SharedPredictions((sample, sigma) => this.predict(sample, sigma));
  }

  protected *order1(x: Float32Array, from: number, to: number, shared: SharedPredictions): PartOfStep {
    const epsilon = yield* shared.at('0', () => x, from);
    return linear([1, x], [-to * Math.expm1(Math.log(from / to)), epsilon]);
  }

  protected *order2(x: Float32Array, from: number, to: number, shared: SharedPredictions, r = 1 / 2): PartOfStep {
    const h = Math.log(from / to);
    const epsilon = yield* shared.at('0', () => x, from);
    const middle = from * Math.exp(-r * h);
    const inner = yield* shared.at('1', () => linear([1, x], [-middle * Math.expm1(r * h), epsilon]), middle);
    const full = -to * Math.expm1(h);
    const change = full / (2 * r);
    return linear([1, x], [full - change, epsilon], [change, inner]);
  }

  protected *order3(x: Float32Array, from: number, to: number, shared: SharedPredictions): PartOfStep {
    const [r1, r2] = [1 / 3, 2 / 3];
    const h = Math.log(from / to);
    const epsilon = yield* shared.at('0', () => x, from);
    const one = from * Math.exp(-r1 * h);
    const first = yield* shared.at('1', () => linear([1, x], [-one * Math.expm1(r1 * h), epsilon]), one);
    const two = from * Math.exp(-r2 * h);
    const bend = -two * (r2 / r1) * (Math.expm1(r2 * h) / (r2 * h) - 1);
    const second = yield* shared.at(
      '2',
      () => linear([1, x], [-two * Math.expm1(r2 * h) - bend, epsilon], [bend, first]),
      two,
    );
    const change = (-to / r2) * (Math.expm1(h) / h - 1);
    return linear([1, x], [-to * Math.expm1(h) - change, epsilon], [change, second]);
  }

  /** Where an ancestral step goes before its noise: never below `end`. */
  protected descend(from: number, to: number, end: number): { down: number; up: number } {
    const down = Math.max(ancestralStep(from, to, this.parameters.eta).down, end);
    return { down, up: Math.sqrt(Math.max(to ** 2 - down ** 2, 0)) * this.parameters.s_noise };
  }

  protected cleanAt(x: Float32Array, sigma: number, shared: SharedPredictions): () => Float32Array {
    return () => linear([1, x], [-sigma, shared.known.get('0')!]);
  }
}

/**
 * DPM-Solver-Fast: steps of order 3, and a last one or two of lower order, so that the model is called exactly as often
 * as steps are asked for. k-diffusion's `sample_dpm_fast`.
 */
export class DpmFastScheduler extends DpmSolver {
  override readonly steps: number;
  readonly #orders: readonly number[];

  /** @param calls of the model @param range the largest and the smallest noise level */
  constructor(range: SigmaSteps, parameters: SamplerParameters, calls: number) {
    const groups = Math.floor(calls / 3) + 1;
    const orders =
      calls % 3 === 0
        ? [...Array<number>(groups - 2).fill(3), 2, 1]
        : [...Array<number>(groups - 1).fill(3), calls % 3];
    const [max, min] = [Math.log(range.sigmas[0]!), Math.log(range.sigmas.at(-1)!)];
    super({ ...range, sigmas: linspace(max, min, groups + 1).map(Math.exp) }, parameters);
    this.#orders = orders;
    this.steps = groups;
  }

  *step(i: number, x: Float32Array, _memory: Memory, noise: NoiseSource): Step {
    const [from, to] = [this.sigmas[i]!, this.sigmas[i + 1]!];
    const { down, up } = this.descend(from, to, this.sigmas.at(-1)!);
    const shared = this.share();
    const order = this.#orders[i]!;
    const solve = order === 1 ? this.order1 : order === 2 ? this.order2 : this.order3;
    const next = yield* solve.call(this, x, from, down, shared);
    return {
      sample: withNoise(next, up, () => noise(from, to)),
      memory: NO_MEMORY,
      clean: this.cleanAt(x, from, shared),
    };
  }
}

const RELATIVE = 0.05;
const ABSOLUTE = 0.0078;
const FIRST_STEP = 0.05;
const ACCEPTED_FROM = 0.81;

/**
 * DPM-Solver-23 with steps of a length that its own error decides: k-diffusion's `sample_dpm_adaptive` with its
 * defaults, an integral controller. A step that is not accurate enough leaves the sample as it is, and is made again,
 * shorter. `steps` has no effect.
 *
 * The memory holds −ln sigma, the length of the next step, and the last estimate of order 2.
 */
export class DpmAdaptiveScheduler extends DpmSolver {
  override readonly steps = Number.POSITIVE_INFINITY;

  *step(_i: number, x: Float32Array, memory: Memory, noise: NoiseSource): Step {
    const end = -Math.log(this.sigmas.at(-1)!);
    const [s = -Math.log(this.sigmas[0]!), h = FIRST_STEP] = memory.numbers;
    const previous = memory.tensors[0] ?? x;
    const t = Math.min(end, s + h);
    const [from, to] = [Math.exp(-s), Math.exp(-t)];
    const { down, up } = this.descend(from, to, this.sigmas.at(-1)!);
    const shared = this.share();
    const low = yield* this.order2(x, from, down, shared, 1 / 3);
    const high = yield* this.order3(x, from, down, shared);
    const factor =
      1 + Math.atan((1 / (errorOf(low, high, previous) + 1e-8)) ** (1 / (this.parameters.eta ? 1.5 : 3)) - 1);
    const clean = this.cleanAt(x, from, shared);
    if (factor < ACCEPTED_FROM) {
      return { sample: x.slice(), memory: { tensors: [previous], numbers: [s, h * factor] }, clean, isLast: false };
    }
    return {
      sample: withNoise(high, up, () => noise(from, to)),
      memory: { tensors: [low], numbers: [t, h * factor] },
      clean,
      isLast: t >= end - 1e-5,
    };
  }
}

/** The root mean square of the difference, in units of what is allowed. */
function errorOf(low: Float32Array, high: Float32Array, previous: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < low.length; i++) {
    const allowed = Math.max(ABSOLUTE, RELATIVE * Math.max(Math.abs(low[i]!), Math.abs(previous[i]!)));
    sum += ((low[i]! - high[i]!) / allowed) ** 2;
  }
  return Math.sqrt(sum / low.length);
}
