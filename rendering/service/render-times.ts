import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeOwnFile } from '../../disk/write-own-file.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import { costOfPlan, MOST_TIMES, type RenderTime, readRenderTimes } from '../../plan/render-cost.ts';
import { RENDER_TIMES } from '../../protocol/cache-layout.ts';
import type { RenderProgress, RenderSuccess } from '../../protocol/engine.ts';

/** How long renders took, in a file of the cache folder, from which the language server estimates the next one. */
export class RenderTimes {
  readonly #folder: string;
  readonly #log: (line: string) => void;
  /** Writes one after another. */
  #writing: Promise<void> = Promise.resolve();

  /** @param folder the cache folder, absolute */
  constructor(folder: string, log: (line: string) => void) {
    this.#folder = folder;
    this.#log = log;
  }

  /** Adds a render that was not resumed. The oldest one is forgotten. */
  add(plan: TravelPlan, { timings, device }: Pick<RenderSuccess, 'timings' | 'device'>): void {
    const { load, encode, sample, decode, interpolate, write } = timings;
    const cost = costOfPlan(plan);
    const time = { cost, start: load + encode, sample, decode: decode + write, ranOn: device };
    const all = interpolate === undefined ? time : { ...time, interpolate };
    this.#writing = this.#writing
      .then(() => this.#write(all))
      .catch((error: Error) => this.#log(`The time of a render cannot be saved: ${error.message}`));
  }

  /** Resolves when everything is on the disk. */
  flush(): Promise<void> {
    return this.#writing;
  }

  async #write(time: RenderTime): Promise<void> {
    const path = join(this.#folder, RENDER_TIMES);
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    await writeOwnFile(path, JSON.stringify([...readRenderTimes(text), time].slice(-MOST_TIMES)));
  }
}

/** Whether progress shows that a render continues an earlier one: work is done, but none of it was timed. */
export function showsResumed({ stage, done, secondsLeft }: RenderProgress): boolean {
  return ['sample', 'decode', 'interpolate'].includes(stage) && done > 0 && secondsLeft === undefined;
}
