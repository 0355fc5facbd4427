import type { TravelPlan } from '../../plan/plan.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { openCheckpoint } from '../checkpoint/checkpoint-folder.ts';
import { isCancellation } from '../failure.ts';
import type { Frames } from '../media/frames.ts';
import { ModelFiles } from '../models/model-files.ts';
import { chooseRuntime, TOOLS } from '../onnx/providers.ts';
import { threadsFor } from '../onnx/session.ts';
import type { ProgressReporter } from '../progress.ts';
import { animateDiff } from './animatediff.ts';
import type { RenderOptions, RenderSettings } from './options.ts';

export interface ClipFrames {
  readonly frames: Frames;
  /** Steps that were made, if the render was told to stop before the last one; else null. */
  readonly stoppedAfter: number | null;
  /** What is saved of the clip. */
  readonly checkpoint: Checkpoint;
  /** That ran the models, and the GPU that was not used. */
  readonly device: string;
  readonly passedOver: string | null;
}

/**
 * The pixels of a plan, and everything around its pipeline up to there: the device, the saved progress, files that
 * change.
 *
 * @throws an error that `failureOf` explains
 */
export async function clipFrames(
  plan: TravelPlan,
  { mode, threads, cacheFolder, resume, gpuMemory }: RenderSettings,
  { store, signal, stopHere, pictures, deviceMemory, log }: Required<Omit<RenderOptions, 'onProgress'>>,
  progress: ProgressReporter,
): Promise<ClipFrames> {
  const { device, description, passedOver, ...runtime } = await chooseRuntime(
    plan.device,
    mode,
    TOOLS,
    threadsFor(threads),
  );
  log({ level: 'info', line: `Device: ${description}` });
  const memory = (await deviceMemory(runtime.provider, gpuMemory ?? null))?.bytes ?? null;
  signal.throwIfAborted();
  progress.begin('load');
  const files = new ModelFiles();
  const info = (line: string) => log({ level: 'info', line });
  const warn = (line: string) => log({ level: 'warning', line });
  const checkpoint = await openCheckpoint({ plan, runtime, cacheFolder, resume, warn });
  const stops = { signal, stopHere };
  const context = { runtime, store, files, cacheFolder, checkpoint, progress, pictures, memory, info, warn, ...stops };
  const rendered = await animateDiff(plan, context).catch(async (error: unknown) => {
    // A file that changed can make any step fail, and is then the reason.
    if (!isCancellation(error)) await files.check();
    throw error;
  });
  await files.check();
  return { ...rendered, checkpoint, device, passedOver };
}
