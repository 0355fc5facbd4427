import { TRAINING_STEPS } from '../../plan/samplers.ts';
import { alphasCumprod, type BetaSchedule } from './betas.ts';
import { combine, linear, type Memory, type PartOfStep, type Scheduler, type Step } from './scheduler.ts';
import { linspace } from './sigmas.ts';

const ORDER = 3;

/** What is left of the clean sample, the noise, and half the logarithm of their variances' ratio. */
interface Level {
  readonly timestep: number;
  readonly signal: number;
  readonly noise: number;
  readonly lambda: number;
}

/**
 * UniPC, Zhao et al. 2023, "UniPC: A Unified Predictor-Corrector Framework for Fast Sampling of Diffusion Models":
 * order 3, B₁(h), lower order at the end, timesteps evenly spaced. These are A1111's defaults (uni_pc.py). Each step
 * predicts the sample at its end, calls the model there, and corrects the sample.
 */
export class UniPcScheduler implements Scheduler {
  readonly steps: number;
  readonly initNoiseSigma = 1;
  readonly #levels: readonly Level[];
  /** Of the noise that an image gets at the start. */
  readonly #noised: Level;

  /** @param start timesteps: of the first step, and of the noise that images get */
  constructor(
    steps: number,
    betas: BetaSchedule,
    start: { readonly first: number; readonly noised: number } = {
      first: TRAINING_STEPS - 1,
      noised: TRAINING_STEPS - 1,
    },
  ) {
    if (steps < ORDER) throw new Error(`UniPC does not support ${steps} steps. Set \`steps\` to ${ORDER} or more.`);
    this.steps = steps;
    const logs = alphasCumprod(betas).map((alpha) => Math.log(alpha) / 2);
    const levelAt = (timestep: number): Level => {
      const low = Math.floor(timestep);
      const log = logs[low]! + (timestep - low) * ((logs[low + 1] ?? logs[low]!) - logs[low]!);
      const noise = Math.sqrt(-Math.expm1(2 * log));
      return { timestep, signal: Math.exp(log), noise, lambda: log - Math.log(noise) };
    };
    this.#levels = linspace(start.first, 0, steps + 1).map(levelAt);
    this.#noised = levelAt(start.noised);
  }

  /** @param memory the clean samples of the last predictions, newest first */
  *step(i: number, sample: Float32Array, { tensors }: Memory): Step {
    const [from, to] = [this.#levels[i]!, this.#levels[i + 1]!];
    const [newest, ...older] = tensors.length > 0 ? tensors : [yield* this.#clean(sample, from)];
    const order = Math.min(ORDER, older.length + 1, this.steps - i);
    const h = to.lambda - from.lambda;
    const decay = Math.expm1(-h);
    /** Earlier clean samples, with their distance in units of this step. */
    const history = older.slice(0, order - 1).map((clean, back) => ({
      clean,
      distance: (this.#levels[i - back - 1]!.lambda - from.lambda) / h,
    }));
    const first: Terms = [
      [to.noise / from.noise, sample],
      [-to.signal * decay, newest!],
    ];
    const scale = to.signal * h;
    const towards = (weights: readonly number[], points: readonly { clean: Float32Array; distance: number }[]) =>
      linear(
        ...first,
        ...points.flatMap(({ clean, distance }, k): Terms => {
          const weight = (scale * weights[k]!) / distance;
          return [
            [weight, clean],
            [-weight, newest!],
          ];
        }),
      );
    const distances = history.map(({ distance }) => distance);
    const predictor = distances.length === 1 ? [0.5] : weightsAt(distances, h);
    const predicted = towards(predictor, history);
    if (i === this.steps - 1) {
      return { sample: predicted, memory: { tensors, numbers: [] }, clean: () => newest! };
    }
    const clean = yield* this.#clean(predicted, to);
    const corrector = order === 1 ? [0.5] : weightsAt([...distances, 1], h);
    return {
      sample: towards(corrector, [...history, { clean, distance: 1 }]),
      memory: { tensors: [clean, newest!, ...older].slice(0, ORDER), numbers: [] },
      clean: () => clean,
    };
  }

  *#clean(input: Float32Array, level: Level): PartOfStep {
    const { guided } = yield { input, timestep: level.timestep };
    return combine(1 / level.signal, input, -level.noise / level.signal, guided);
  }

  addNoise(clean: Float32Array, noise: Float32Array, i: number): Float32Array {
    const level = i === 0 ? this.#noised : this.#levels[i]!;
    return combine(level.signal, clean, level.noise, noise);
  }
}

type Terms = (readonly [number, Float32Array])[];

/**
 * The weights ρ that solve Σₖ ρₖ·distanceₖⁿ⁻¹ = bₙ for n = 1, 2, …, as many as distances, with bₙ = n!·φₙ₊₁(−h) ÷ (−h)
 * in terms of h·φ: equation 5 of the paper.
 */
function weightsAt(distances: readonly number[], h: number): number[] {
  let phi = Math.expm1(-h) / -h - 1;
  let factorial = 1;
  const rows = distances.map((_, n) => {
    const b = (phi * factorial) / -h;
    factorial *= n + 2;
    phi = phi / -h - 1 / factorial;
    return [...distances.map((distance) => distance ** n), b];
  });
  return solve(rows);
}

/** Gauss-Jordan elimination of a small system. @param rows coefficients, then the right side */
function solve(rows: number[][]): number[] {
  for (let pivot = 0; pivot < rows.length; pivot++) {
    const best = rows.slice(pivot).reduce((a, b) => (Math.abs(b[pivot]!) > Math.abs(a[pivot]!) ? b : a));
    const at = rows.indexOf(best);
    [rows[pivot], rows[at]] = [best, rows[pivot]!];
    rows[pivot] = best.map((value) => value / best[pivot]!);
    for (const [i, row] of rows.entries()) {
      if (i !== pivot) rows[i] = row.map((value, k) => value - row[pivot]! * rows[pivot]![k]!);
    }
  }
  return rows.map((row) => row.at(-1)!);
}
