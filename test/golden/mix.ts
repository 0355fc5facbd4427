import { z } from 'zod';
import { lerp, slerp } from '../../engine/pipelines/mix.ts';
import type { Checker, GoldenCase, Outcome } from './case.ts';
import { allClose } from './compare.ts';

const Cases = z
  .array(
    z.looseObject({
      v0: z.array(z.number()),
      v1: z.array(z.number()),
      t: z.number(),
      out: z.array(z.number()),
      kind: z.enum(['slerp', 'lerp']),
    }),
  )
  .min(1);

/** The file has float64 values; converting inputs and outputs to float32 changes each by up to half a ULP. */
const FLOAT32 = { atol: 2e-7, rtol: 2e-7 };

function slerpCases(golden: GoldenCase): Outcome {
  const cases = Cases.parse(golden.manifest.cases);
  for (const { v0, v1, t, out, kind } of cases) {
    const [a, b] = [Float32Array.from(v0), Float32Array.from(v1)];
    const mixed = slerp(a, b, t);
    const compared = allClose(mixed, out, FLOAT32);
    if (!compared.ok) return { status: 'failed', detail: `slerp(${v0}; ${v1}; ${t}): ${compared.detail}` };
    if (kind === 'lerp' && !allClose(mixed, lerp(a, b, t), { atol: 0, rtol: 0 }).ok) {
      return { status: 'failed', detail: `slerp(${v0}; ${v1}; ${t}) used slerp, expected lerp` };
    }
  }
  return { status: 'passed', detail: `${cases.length} mixes` };
}

export const checkers: Readonly<Record<string, Checker>> = { 'peers/slerp': slerpCases };
