import { type MemoryDemand, type MemoryPlan, memoryNeeded } from '../../plan/memory.ts';
import {
  type ChosenMemoryPlan,
  chooseMemoryPlan,
  type MemoryStage,
  memoryPlanText,
  refusalText,
  smallerPlan,
} from '../../plan/memory-plan.ts';
import { gigabytes } from '../../plan/units.ts';
import { isOutOfMemory, RenderError } from '../failure.ts';
import { availableMemory } from '../models/memory.ts';
import type { PipelineContext } from './context.ts';

type Context = Pick<PipelineContext, 'runtime' | 'memory' | 'info' | 'warn'>;

/** A model, or a place for one. */
interface Releasable {
  release(): Promise<void>;
}

/** The render needs more memory than its device has, whatever is done. */
export class NothingFitsError extends RenderError {
  constructor(message: string) {
    super('out-of-memory', message);
  }
}

/** How a render keeps within the memory of its device, before and while it runs. */
export class RenderMemory {
  readonly #demand: MemoryDemand;
  readonly #context: Context;
  readonly #models: readonly Releasable[];
  #plan: ChosenMemoryPlan['plan'];

  /**
   * Chooses from the estimate, and logs what is chosen.
   *
   * @param models that may have memory on the device
   * @throws NothingFitsError with numbers and what would fit, if nothing does
   */
  constructor(demand: MemoryDemand, models: readonly Releasable[], context: Context) {
    const { runtime, memory, info, warn } = context;
    const { plan, needed, fits } = chooseMemoryPlan(demand, memory, memory === null ? null : availableMemory());
    const onGpu = runtime.provider !== 'cpu';
    if (!fits && memory !== null) throw new NothingFitsError(refusal(demand, memory, onGpu));
    this.#demand = demand;
    this.#context = context;
    this.#models = models;
    this.#plan = plan;
    const how = memoryPlanText(demand, plan);
    const of = memory === null ? 'unknown' : gigabytes(memory);
    if (how === '') info(`Memory: about ${gigabytes(needed)} of ${of}`);
    else warn(`Memory: about ${gigabytes(needed)} of ${of}, with ${how}, which takes longer`);
  }

  /** Whether the UNet and the VAE both keep the memory of their runs; else, each is released before the other one runs. */
  get together(): boolean {
    return this.#plan.together;
  }

  /** Whether less is done at once than would be fastest, because there is not enough memory. */
  get isTight(): boolean {
    return memoryPlanText(this.#demand, this.#plan) !== '';
  }

  /** Runs a stage. If it runs out of memory, all models release theirs, and it runs once more with the next smaller plan. */
  async run<T>(stage: MemoryStage, work: (plan: ChosenMemoryPlan['plan']) => Promise<T>): Promise<T> {
    try {
      return await work(this.#plan);
    } catch (error) {
      const smaller = isOutOfMemory(error) ? smallerPlan(this.#demand, this.#plan, stage) : null;
      if (!smaller) throw error;
      this.#context.warn(`The device ran out of memory. ${goesOn(this.#demand, this.#plan, smaller)}`);
      this.#plan = smaller;
      for (const model of this.#models) await model.release();
      return await work(smaller);
    }
  }
}

function goesOn(demand: MemoryDemand, before: MemoryPlan, after: MemoryPlan): string {
  const [needed, less] = [memoryNeeded(demand, before), memoryNeeded(demand, after)];
  const how = memoryPlanText(demand, after);
  if (less >= needed) return 'The models release what they have, and the render goes on.';
  return (
    `The render goes on with ${how === '' ? 'one model at a time' : how}, ` +
    `which needs about ${gigabytes(less)} instead of ${gigabytes(needed)}.`
  );
}

function refusal(demand: MemoryDemand, available: number, onGpu: boolean): string {
  if (!onGpu) return refusalText(demand, available, 'this computer');
  const advice = 'If the GPU has more, set it with `--gpu-memory` or `travel.gpuMemory`. Or render with `device: cpu`.';
  return `${refusalText(demand, available, 'the GPU')} ${advice}`;
}
