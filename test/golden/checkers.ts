import type { Checker, GoldenCase } from './case.ts';
import { componentChecker } from './components.ts';
import { checkers as contexts } from './contexts.ts';
import { endToEndChecker } from './end-to-end.ts';
import { checkers as mix } from './mix.ts';
import { pipelineChecker } from './pipelines.ts';
import { checkers as prompts } from './prompts.ts';
import { checkers as rng } from './rng.ts';
import { checkers as schedulers } from './schedulers.ts';
import { checkers as travel } from './travel.ts';

const TEXT_CASES: Readonly<Record<string, Checker>> = {
  ...contexts,
  ...mix,
  ...prompts,
  ...rng,
  ...schedulers,
  ...travel,
};

/** How to check a case: text cases are known by folder and name, cases with tensors by what their manifest holds. */
export function checkerFor(golden: GoldenCase): Checker {
  return TEXT_CASES[golden.id] ?? tensorChecker(golden);
}

function tensorChecker(golden: GoldenCase): Checker {
  const params = golden.manifest.params ?? {};
  if (Object.keys(golden.manifest.tolerances ?? {}).length === 0) {
    return notCovered('inputs of other cases, or for information only: the manifest gives no tolerances');
  }
  if (Object.keys(params).some((key) => key.startsWith('controlnet'))) {
    return notCovered('ControlNet comes with a later issue');
  }
  if ('strength' in params) return notCovered('video to video comes with a later issue');
  if (golden.has('init_image')) {
    return notCovered('image to image comes with a later issue');
  }
  if ('settings' in params) return endToEndChecker;
  if ('scheduler' in params) return pipelineChecker;
  return componentChecker(golden) ?? notCovered('nothing here knows this kind of case');
}

const notCovered =
  (detail: string): Checker =>
  () => ({ status: 'skipped', detail });
