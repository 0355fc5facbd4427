import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelStore } from '../../../engine/models/store.ts';
import type { RenderPictures } from '../../../engine/pictures/render-pictures.ts';
import { render as renderWork } from '../../../engine/pipelines/render.ts';
import type { TravelPlan } from '../../../plan/plan.ts';
import type { Sampler } from '../../../plan/samplers.ts';
import { samplingCalls } from '../../../plan/steps.ts';
import type { RenderProgress } from '../../../protocol/engine.ts';
import { smallPlan } from '../pipelines/plans.ts';

/** That the plans ask for. */
export const STEPS = 5;

interface Options {
  readonly resume?: boolean;
  /** Tells the render to stop when it is true of what it reports. */
  readonly stopAt?: (progress: RenderProgress) => boolean;
  readonly pictures?: RenderPictures;
  /** Cancels when it is true of what the render reports. */
  readonly cancelAt?: (progress: RenderProgress, count: number) => boolean;
}

/** Renders of a second that are stopped on the way. Their files and their cache are in `folder`. */
export function smallRenders(folder: string, store: ModelStore) {
  return {
    /** Two windows a step, and images to compare. */
    async planOf(sampler: Sampler, name: string): Promise<TravelPlan> {
      const plan = await smallPlan();
      const sampling = { ...plan.sampling, sampler, steps: STEPS };
      const row = [
        { start: 0, stride: 1, length: 1 },
        { start: 1, stride: 1, length: 1 },
      ];
      return {
        ...plan,
        sampling,
        context: { ...plan.context, windows: Array(samplingCalls(sampling)).fill(row) },
        output: { ...plan.output, base: join(folder, name), formats: ['png'] },
      };
    },

    async render(
      plan: TravelPlan,
      { resume = false, cancelAt = () => false, stopAt = () => false, pictures }: Options = {},
    ) {
      const [cancel, stop] = [new AbortController(), new AbortController()];
      const progress: RenderProgress[] = [];
      const log: string[] = [];
      const result = await renderWork(
        { work: { kind: 'clip', plan }, threads: null, cacheFolder: join(folder, 'cache'), resume },
        {
          store,
          signal: cancel.signal,
          stopHere: stop.signal,
          ...(pictures && { pictures }),
          onProgress: (value) => {
            progress.push(value);
            if (stopAt(value)) stop.abort();
            if (cancelAt(value, progress.length)) cancel.abort();
          },
          log: ({ line }) => log.push(line),
        },
      ).catch((error: Error) => error);
      return { result, progress, log };
    },
  };
}

/** The pixels of all images. They follow the metadata in a PNG's `IDAT` chunks. */
export function pixels(base: string): string[] {
  return readdirSync(base).map((name) => {
    const bytes = readFileSync(join(base, name));
    return bytes.subarray(bytes.indexOf('IDAT')).toString('base64');
  });
}
