import { createHash } from 'node:crypto';
import { pixelsOf } from '../../plan/pixels.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import { ENGINE_VERSION } from '../engine-version.ts';
import { RUNTIME_VERSION, type Runtime } from '../onnx/session.ts';

/** Raised when the files of a checkpoint change. */
const FORMAT = 2;

/**
 * Identifies everything that decides the pixels of a render: the plan without its text and its outputs, and what runs
 * the models. Other output files of the same clip continue from the same checkpoint.
 */
export function checkpointId(plan: TravelPlan, { provider, fusedAttention }: Omit<Runtime, 'threads'>): string {
  const identity = [FORMAT, ENGINE_VERSION, RUNTIME_VERSION, { provider, fusedAttention }, pixelsOf(plan)];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32);
}
