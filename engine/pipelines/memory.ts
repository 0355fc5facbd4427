import { type MemoryDemand, memoryNeeded } from '../../plan/memory.ts';
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
import type { PipelineContext } from './context.ts';

type Context = Pick<PipelineContext, 'runtime' | 'memory' | 'info' | 'warn'>;

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
  #plan: ChosenMemoryPlan['plan'];

  /**
   * Chooses from the estimate, and logs what is chosen.
   *
   * @throws NothingFitsError with numbers and what would fit, if nothing does
   */
  constructor(demand: MemoryDemand, context: Context) {
    const { runtime, memory, info, warn } = context;
    const { plan, needed, fits } = chooseMemoryPlan(demand, memory);
    const onGpu = runtime.provider !== 'cpu';
    if (!fits && memory !== null) throw new NothingFitsError(refusal(demand, memory, onGpu));
    this.#demand = demand;
    this.#context = context;
    this.#plan = plan;
    const how = memoryPlanText(demand, plan);
    const of = memory === null ? 'unknown' : gigabytes(memory);
    if (how === '') info(`Memory: about ${gigabytes(needed)} of ${of}`);
    else warn(`Memory: about ${gigabytes(needed)} of ${of}, with ${how}, which takes longer`);
  }

  /**
   * Runs a stage. If it runs out of memory, it is run once more with the next smaller plan.
   *
   * @param release frees the memory of the models of that stage
   */
  async run<T>(
    stage: MemoryStage,
    work: (plan: ChosenMemoryPlan['plan']) => Promise<T>,
    release: () => Promise<void>,
  ): Promise<T> {
    try {
      return await work(this.#plan);
    } catch (error) {
      const smaller = isOutOfMemory(error) ? smallerPlan(this.#demand, this.#plan, stage) : null;
      if (!smaller) throw error;
      this.#context.warn(
        `The device ran out of memory. The render goes on with ${memoryPlanText(this.#demand, smaller)}, ` +
          `which needs about ${gigabytes(memoryNeeded(this.#demand, smaller))} instead of ` +
          `${gigabytes(memoryNeeded(this.#demand, this.#plan))}.`,
      );
      this.#plan = smaller;
      await release();
      return await work(smaller);
    }
  }
}

function refusal(demand: MemoryDemand, available: number, onGpu: boolean): string {
  if (!onGpu) return refusalText(demand, available, 'this computer');
  const advice = 'If the GPU has more, set it with `--gpu-memory` or `travel.gpuMemory`. Or render with `device: cpu`.';
  return `${refusalText(demand, available, 'the GPU')} ${advice}`;
}
