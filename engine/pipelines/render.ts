import { namedFiles } from '../../plan/model-files.ts';
import type { LogLine, RenderProgress, RenderRequest, RenderResult } from '../../protocol/engine.ts';
import { openCheckpoint } from '../checkpoint/checkpoint-folder.ts';
import { isCancellation } from '../failure.ts';
import { checkOutputs, writeOutputs } from '../media/write.ts';
import { FileHashes } from '../models/file-hashes.ts';
import { ModelFiles } from '../models/model-files.ts';
import type { ModelStore } from '../models/store.ts';
import { chooseRuntime } from '../onnx/providers.ts';
import { secondsInRuntime } from '../onnx/session.ts';
import { RenderPictures } from '../pictures/render-pictures.ts';
import { ProgressReporter } from '../progress.ts';
import { animateDiff } from './animatediff.ts';

export interface RenderOptions {
  readonly store: ModelStore;
  readonly signal: AbortSignal;
  /** Aborted: the render ends after the step that it makes, and keeps what there is. */
  readonly stopHere?: AbortSignal;
  readonly pictures?: RenderPictures;
  readonly onProgress: (progress: RenderProgress) => void;
  readonly log: (line: LogLine) => void;
}

/**
 * Everything around a pipeline: the device, the output files, the time it takes. The device and the output are checked
 * before any model is opened.
 *
 * @throws an error that `failureOf` explains
 */
export async function renderPlan(
  { plan, mode, cacheFolder, resume }: RenderRequest,
  {
    store,
    signal,
    stopHere = new AbortController().signal,
    pictures = new RenderPictures(() => undefined),
    onProgress,
    log,
  }: RenderOptions,
): Promise<RenderResult> {
  signal.throwIfAborted();
  const progress = new ProgressReporter(onProgress);
  const runtimeBefore = secondsInRuntime();
  const { device, description, passedOver, ...runtime } = await chooseRuntime(plan.device, mode);
  log({ level: 'info', line: `Device: ${description}` });
  signal.throwIfAborted();
  await checkOutputs(plan);
  progress.begin('load');
  const modelFiles = new ModelFiles();
  const warn = (line: string) => log({ level: 'warning', line });
  const checkpoint = await openCheckpoint({ plan, runtime, cacheFolder, resume, warn });
  return store.use(async () => {
    try {
      const stops = { signal, stopHere };
      const context = {
        runtime,
        store,
        files: modelFiles,
        cacheFolder,
        checkpoint,
        progress,
        pictures,
        warn,
        ...stops,
      };
      const { frames, stoppedAfter } = await animateDiff(plan, context).catch(async (error: unknown) => {
        // A file that changed can make any step fail, and is then the reason.
        if (!isCancellation(error)) await modelFiles.check();
        throw error;
      });
      await modelFiles.check();
      progress.begin('write');
      const hashes = await new FileHashes(cacheFolder).of(namedFiles(plan), signal);
      // The plan that gives these pixels.
      const rendered = stoppedAfter === null ? plan : { ...plan, sampling: { ...plan.sampling, until: stoppedAfter } };
      const { files } = await writeOutputs(frames, rendered, {
        hashes,
        signal,
        onFormatDone: () => progress.advance(plan.output.formats.length),
      });
      // What was stopped can be continued.
      if (stoppedAfter === null) await checkpoint.remove();
      const timings = { ...progress.finish(), runtime: secondsInRuntime() - runtimeBefore };
      return {
        ok: true,
        files,
        timings,
        device,
        ...(stoppedAfter !== null && { stoppedAfter }),
        ...(passedOver !== null && { passedOver }),
      };
    } finally {
      pictures.end();
      if (plan.models.unload) await store.release();
    }
  });
}
