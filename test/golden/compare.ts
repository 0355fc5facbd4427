import type { Checker, Computation, GoldenCase, Outcome, Outputs } from './case.ts';

/** How far a result may be from the reference: as in numpy.allclose, or counts for 8-bit images. */
type Tolerance =
  | { readonly atol: number; readonly rtol: number }
  | { readonly max_abs: number; readonly fraction_over_1: number };

export type Comparison =
  | { readonly ok: true; readonly worst: number }
  | { readonly ok: false; readonly worst: number; readonly detail: string };

/** |a − b| ≤ atol + rtol·|b| for every element, as numpy.allclose; NaN equals nothing. */
export function allClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: { readonly atol: number; readonly rtol: number },
): Comparison {
  if (actual.length !== expected.length) return wrongLength(actual.length, expected.length);
  let worst = 0;
  let failures = 0;
  let first = -1;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    if (!(difference <= worst)) worst = difference;
    if (!(difference <= tolerance.atol + tolerance.rtol * Math.abs(expected[i]!))) {
      failures++;
      if (first < 0) first = i;
    }
  }
  if (failures === 0) return { ok: true, worst };
  return {
    ok: false,
    worst,
    detail:
      `${failures} of ${expected.length} values differ by more than ${tolerance.atol} + ${tolerance.rtol}·|b|, ` +
      `at worst by ${worst.toPrecision(3)}; element ${first} is ${actual[first]}, expected ${expected[first]}`,
  };
}

/** 8-bit images: no value more than `max_abs` off, and at most a fraction of the values more than 1 off. */
export function imagesClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: { readonly max_abs: number; readonly fraction_over_1: number },
): Comparison {
  if (actual.length !== expected.length) return wrongLength(actual.length, expected.length);
  let worst = 0;
  let overOne = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    if (!(difference <= worst)) worst = difference;
    if (!(difference <= 1)) overOne++;
  }
  const fraction = overOne / expected.length;
  if (worst <= tolerance.max_abs && fraction <= tolerance.fraction_over_1) return { ok: true, worst };
  return { ok: false, worst, detail: `worst ${worst}, ${(100 * fraction).toFixed(3)} % of values more than 1 off` };
}

function wrongLength(actual: number, expected: number): Comparison {
  return { ok: false, worst: Number.POSITIVE_INFINITY, detail: `${actual} values, expected ${expected}` };
}

/** The manifest's tolerance for an output; keys with `*` are patterns. @throws if it has none */
export function toleranceFor(golden: GoldenCase, output: string): Tolerance {
  const found = findTolerance(golden, output);
  if (!found) throw new Error(`${golden.id}: the manifest has no tolerance for "${output}"`);
  const { atol, rtol, max_abs, fraction_over_1 } = found[1];
  if (max_abs !== undefined) return { max_abs, fraction_over_1: fraction_over_1 ?? 0 };
  if (atol === undefined && rtol === undefined) {
    throw new Error(`${golden.id}: the tolerance for "${output}" has neither atol, rtol nor max_abs`);
  }
  return { atol: atol ?? 0, rtol: rtol ?? 0 };
}

export function hasTolerance(golden: GoldenCase, output: string): boolean {
  return findTolerance(golden, output) !== undefined;
}

function findTolerance(golden: GoldenCase, output: string) {
  const entries = Object.entries(golden.manifest.tolerances ?? {});
  return (
    entries.find(([key]) => key === output) ?? entries.find(([key]) => key.includes('*') && patternMatches(key, output))
  );
}

function patternMatches(pattern: string, output: string): boolean {
  const source = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${source.join('.*')}$`).test(output);
}

/** A checker that compares computed outputs with the case's tensors. */
export function comparing(compute: Computation): Checker {
  return async (golden) => compareOutputs(golden, await compute(golden));
}

/** Compare outputs with the case's tensors of the same names, by the manifest's tolerances. */
export function compareOutputs(golden: GoldenCase, outputs: Outputs): Outcome {
  const names = Object.keys(outputs);
  if (names.length === 0) return { status: 'failed', detail: 'nothing was compared' };
  const failures: string[] = [];
  const worst: string[] = [];
  for (const name of names) {
    const tolerance = toleranceFor(golden, name);
    const expected = golden.tensor(name).data;
    const result =
      'max_abs' in tolerance
        ? imagesClose(outputs[name]!, expected, tolerance)
        : allClose(outputs[name]!, expected, tolerance);
    worst.push(`${name} ${result.worst.toPrecision(2)}`);
    if (!result.ok) failures.push(`${name}: ${result.detail}`);
  }
  return failures.length > 0
    ? { status: 'failed', detail: failures.join('; ') }
    : { status: 'passed', detail: `worst: ${worst.join(', ')}` };
}
