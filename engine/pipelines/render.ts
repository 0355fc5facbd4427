import type { RenderProgress, RenderRequest, RenderResult } from '../../protocol/engine.ts';
import { checkOutputs, writeOutputs } from '../media/write.ts';
import type { ModelStore } from '../models/store.ts';
import { chooseRuntime } from '../onnx/providers.ts';
import { secondsInRuntime } from '../onnx/session.ts';
import { ProgressReporter } from '../progress.ts';
import { animateDiff } from './animatediff.ts';

export interface RenderOptions {
  readonly store: ModelStore;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RenderProgress) => void;
  readonly log: (line: string) => void;
}

/**
 * Everything around a pipeline: the device, the output files, the time it takes. The device and the output are checked
 * before any model is opened.
 *
 * @throws an error that `failureOf` explains
 */
export async function renderPlan(
  { plan, mode, cacheFolder }: RenderRequest,
  { store, signal, onProgress, log }: RenderOptions,
): Promise<RenderResult> {
  signal.throwIfAborted();
  const progress = new ProgressReporter(onProgress);
  const runtimeBefore = secondsInRuntime();
  const { description, ...runtime } = await chooseRuntime(plan.device, mode);
  log(`Device: ${description}`);
  signal.throwIfAborted();
  await checkOutputs(plan.output);
  progress.begin('load');
  return store.use(async () => {
    try {
      const frames = await animateDiff(plan, { runtime, store, cacheFolder, progress, signal, log });
      progress.begin('write');
      const { files } = await writeOutputs(frames, plan, {
        signal,
        onFile: () => progress.advance(plan.output.formats.length),
      });
      const timings = { ...progress.finish(), runtime: secondsInRuntime() - runtimeBefore };
      return { ok: true, files, timings, device: description };
    } finally {
      if (plan.models.unload) await store.release();
    }
  });
}
