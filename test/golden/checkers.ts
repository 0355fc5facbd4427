import type { Checker, GoldenCase } from './case.ts';
import { componentChecker } from './components.ts';
import { checkers as mix } from './mix.ts';
import { checkers as prompts } from './prompts.ts';
import { checkers as rng } from './rng.ts';
import { checkers as schedulers } from './schedulers.ts';

const TEXT_CASES: Readonly<Record<string, Checker>> = { ...mix, ...prompts, ...rng, ...schedulers };

/** How to check a case: text cases are known by folder and name, cases with tensors by what their manifest holds. */
export function checkerFor(golden: GoldenCase): Checker {
  const checker = TEXT_CASES[golden.id] ?? componentChecker(golden);
  return checker ?? (() => ({ status: 'skipped', detail: 'nothing here knows this kind of case' }));
}
