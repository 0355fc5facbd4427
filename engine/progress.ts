import type { RenderProgress, RenderStage, RenderTimings } from '../protocol/engine.ts';

/** The typical share of each stage in a render's time, used only to estimate the time left. */
const SHARE: Record<RenderStage, number> = {
  load: 0.03,
  encode: 0.02,
  sample: 0.85,
  decode: 0.08,
  // Of renders that have it, with FILM.
  interpolate: 0.8,
  write: 0.02,
};
const STAGES: readonly RenderStage[] = ['load', 'encode', 'sample', 'decode', 'interpolate', 'write'];

/** Reports and times a render's stages, and estimates the time left from the current stage. */
export class ProgressReporter {
  readonly #onProgress: (progress: RenderProgress) => void;
  readonly #start = performance.now();
  readonly #seconds: Record<RenderStage, number> = {
    load: 0,
    encode: 0,
    sample: 0,
    decode: 0,
    interpolate: 0,
    write: 0,
  };
  readonly #stages: readonly RenderStage[];
  #stage: RenderStage = 'load';
  #stageStart = this.#start;
  #done = 0;
  /** Units that an earlier render had done, which took no time in this one. */
  #resumed = 0;

  /** @param interpolates whether frames are made between those that are decoded, before they are written */
  constructor(onProgress: (progress: RenderProgress) => void, interpolates = false) {
    this.#onProgress = onProgress;
    this.#stages = STAGES.filter((stage) => interpolates || stage !== 'interpolate');
  }

  /**
   * @param resumed units that an earlier render has done
   * @param total units of the stage; it may not be known yet
   */
  begin(stage: RenderStage, resumed = 0, total = 1): void {
    this.#closeStage();
    this.#stage = stage;
    this.#done = resumed;
    this.#resumed = resumed;
    this.report(total);
  }

  /** Report units of the stage that an earlier render has done. */
  resume(done: number, total: number): void {
    this.#done += done;
    this.#resumed += done;
    this.report(total);
  }

  /** Report that one more unit of the stage is done. @param total units of the stage */
  advance(total: number): void {
    this.#done++;
    this.report(total);
  }

  report(total: number, place: { readonly step: number; readonly window: number } | null = null): void {
    const secondsLeft = this.#secondsLeft(total);
    this.#onProgress({
      stage: this.#stage,
      done: Math.min(this.#done, total),
      total,
      ...place,
      ...(secondsLeft !== null && { secondsLeft }),
    });
  }

  /** Seconds by stage and in total. */
  finish(): Omit<RenderTimings, 'runtime'> {
    this.#closeStage();
    const { interpolate, ...others } = this.#seconds;
    return {
      total: (performance.now() - this.#start) / 1000,
      ...others,
      ...(interpolate > 0 && { interpolate }),
    };
  }

  #closeStage(): void {
    const now = performance.now();
    this.#seconds[this.#stage] += (now - this.#stageStart) / 1000;
    this.#stageStart = now;
  }

  #secondsLeft(total: number): number | null {
    const doneHere = this.#done - this.#resumed;
    if (doneHere === 0) return null;
    const elapsed = (performance.now() - this.#stageStart) / 1000;
    const stageLeft = (elapsed / doneHere) * (total - this.#done);
    const later = this.#stages
      .slice(this.#stages.indexOf(this.#stage) + 1)
      .reduce((sum, stage) => sum + SHARE[stage], 0);
    return stageLeft + ((elapsed + stageLeft) * later) / SHARE[this.#stage];
  }
}
