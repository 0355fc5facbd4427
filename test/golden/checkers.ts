import { checkers as annotators } from './annotators.ts';
import type { Checker, Computation, GoldenCase } from './case.ts';
import { comparing } from './compare.ts';
import { componentComputation } from './components.ts';
import { checkers as contexts } from './contexts.ts';
import { endToEnd } from './end-to-end.ts';
import { checkers as film } from './film.ts';
import { loraDifferences } from './lora-differences.ts';
import { checkers as mix } from './mix.ts';
import { pipeline } from './pipelines.ts';
import { checkers as prompts } from './prompts.ts';
import { checkers as rng } from './rng.ts';
import { checkers as schedulers } from './schedulers.ts';
import { checkers as travel } from './travel.ts';

const TEXT_CASES: Readonly<Record<string, Checker>> = {
  ...annotators,
  ...contexts,
  ...film,
  ...mix,
  ...prompts,
  ...rng,
  ...schedulers,
  ...travel,
};

/** How to check a case: text cases are found by id, cases with tensors by the parts of their manifest. */
export function checkerFor(golden: GoldenCase): Checker {
  return TEXT_CASES[golden.id] ?? tensorChecker(golden);
}

function tensorChecker(golden: GoldenCase): Checker {
  if (Object.keys(golden.manifest.tolerances ?? {}).length === 0) {
    return notCovered('the manifest has no tolerances: inputs of other cases, or for information only');
  }
  const compute = computationFor(golden);
  return compute ? comparing(compute) : notCovered('no checker for this type of case');
}

/** How to compute the outputs of a case with tensors, found by the parts of its manifest; null for other cases. */
export function computationFor(golden: GoldenCase): Computation | null {
  const params = golden.manifest.params ?? {};
  if ('settings' in params) return endToEnd;
  if ('scheduler' in params) return pipeline;
  if ('loras' in params) return loraDifferences;
  return componentComputation(golden);
}

const notCovered =
  (detail: string): Checker =>
  () => ({ status: 'skipped', detail });
