import type { TravelPlan } from '../../plan/plan.ts';
import { Checkpoint } from '../checkpoint/checkpoint.ts';
import { openCheckpoint } from '../checkpoint/checkpoint-folder.ts';
import { isCancellation } from '../failure.ts';
import { type Clip, displayed } from '../media/frames.ts';
import { ModelFiles } from '../models/model-files.ts';
import type { ChosenRuntime } from '../onnx/providers.ts';
import { threadsFor } from '../onnx/session.ts';
import type { ProgressReporter } from '../progress.ts';
import { animateDiff } from './animatediff.ts';
import type { PipelineContext } from './context.ts';
import { interpolateClip } from './interpolate.ts';
import { NothingFitsError } from './memory.ts';
import type { RenderOptions, RenderSettings } from './options.ts';

export interface ClipFrames {
  /** As it is shown, with its new frames. */
  readonly clip: Clip;
  /** Steps that were made, if the render was told to stop before the last one; else null. */
  readonly stoppedAfter: number | null;
  /** What is saved of the clip. */
  readonly checkpoint: Checkpoint;
  /** That ran the models, and the GPU that was not used. */
  readonly device: string;
  readonly passedOver: string | null;
}

type Options = Required<Omit<RenderOptions, 'onProgress'>>;

/**
 * The pixels of a plan, and everything around its pipeline up to there: the device, the saved progress, files that
 * change. If `auto` chose a GPU whose memory is too small whatever is done, the CPU renders.
 *
 * @throws an error that `failureOf` explains
 */
export async function clipFrames(
  plan: TravelPlan,
  settings: RenderSettings,
  options: Options,
  progress: ProgressReporter,
): Promise<ClipFrames> {
  const choose = (device: TravelPlan['device']) => options.chooseRuntime(device, threadsFor(settings.threads));
  const chosen = await choose(plan.device);
  try {
    return await framesOn(chosen, plan, settings, options, progress);
  } catch (error) {
    if (!(error instanceof NothingFitsError) || plan.device !== 'auto' || chosen.provider === 'cpu') throw error;
    options.log({ level: 'warning', line: `${error.message} The CPU renders it.` });
    const cpu = await choose('cpu');
    return await framesOn({ ...cpu, passedOver: chosen.provider }, plan, settings, options, progress);
  }
}

async function framesOn(
  { device, description, passedOver, ...runtime }: ChosenRuntime,
  plan: TravelPlan,
  { cacheFolder, resume, gpuMemory }: RenderSettings,
  { store, signal, stopHere, pictures, deviceMemory, log }: Options,
  progress: ProgressReporter,
): Promise<ClipFrames> {
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
  const rendered = await shownClip(plan, context).catch(async (error: unknown) => {
    // A file that changed can make any step fail, and is then the reason.
    if (!isCancellation(error)) await files.check();
    throw error;
  });
  await files.check();
  return { ...rendered, checkpoint, device, passedOver };
}

async function shownClip(
  plan: TravelPlan,
  context: PipelineContext,
): Promise<Pick<ClipFrames, 'clip' | 'stoppedAfter'>> {
  const { frames, stoppedAfter } = await animateDiff(plan, context);
  // Saved frames are those after all steps.
  const checkpoint =
    stoppedAfter === null ? context.checkpoint : new Checkpoint({ folder: null, plan, warn: context.warn });
  return { clip: await interpolateClip(displayed(frames, plan), plan, { ...context, checkpoint }), stoppedAfter };
}
