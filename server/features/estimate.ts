import { clipCost } from '../../grammar/clip/clip-cost.ts';
import { clipLength } from '../../grammar/clip/clip-length.ts';
import { takeLoras } from '../../grammar/clip/lora-tags.ts';
import { memoryDemand } from '../../grammar/clip/memory-demand.ts';
import { clipModels } from '../../grammar/clip/models.ts';
import { chooseMemoryPlan } from '../../plan/memory-plan.ts';
import { estimateSeconds, type RenderTime, similarRenders } from '../../plan/render-cost.ts';
import type { Analysis } from '../documents/analysis.ts';

/** What a render of a document will need; null if it is not known. */
export interface RenderEstimate {
  readonly seconds: number | null;
  /** Bytes. */
  readonly memory: number | null;
}

/**
 * The time and memory that a render will need, from the settings and the length of the clip alone.
 *
 * @param times of this computer's last renders, oldest first
 */
export function estimateOf({ effective, environment, text }: Analysis, times: readonly RenderTime[]): RenderEstimate {
  const { settings } = effective;
  const models = clipModels(settings, environment);
  const frames = clipLength(settings);
  const cost = clipCost(settings, models, frames);
  if (!cost) return { seconds: null, memory: null };
  const names = new Set(takeLoras(text).loras.map(({ name }) => name));
  const loras = [...names].flatMap((name) => environment.resolveModel('lora', name) ?? []);
  const demand = memoryDemand({ settings, models, loras, frames, range: null, threads: environment.threads ?? null });
  const usesGpu = similarRenders(cost, times).some(({ ranOn }) => ranOn !== 'CPU');
  return {
    seconds: estimateSeconds(cost, times),
    memory: demand && !usesGpu ? chooseMemoryPlan(demand, environment.memory ?? null).needed : null,
  };
}
