import { availableParallelism } from 'node:os';
import { threadsText } from '../../plan/memory.ts';
import { allFiles } from '../../plan/model-files.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import { publishedPlan } from '../../plan/published-plan.ts';
import { plansOf } from '../../plan/work.ts';
import type { RenderRequest, RenderSuccess } from '../../protocol/engine.ts';
import { soundOf } from '../inputs/sound.ts';
import { checkOutputs, checkSound, writeClip } from '../media/write.ts';
import { FileHashes } from '../models/file-hashes.ts';
import { deviceMemory } from '../onnx/device-memory.ts';
import { chooseRuntime, TOOLS } from '../onnx/providers.ts';
import { secondsInRuntime } from '../onnx/session.ts';
import { RenderPictures } from '../pictures/render-pictures.ts';
import { ProgressReporter } from '../progress.ts';
import { clipFrames } from './clip-frames.ts';
import type { RenderOptions, RenderSettings } from './options.ts';
import { renderSheet } from './sheet.ts';

/**
 * Renders a clip or a sheet, and writes its files.
 *
 * @throws an error that `failureOf` explains
 */
export async function render({ work, ...settings }: RenderRequest, options: RenderOptions): Promise<RenderSuccess> {
  const all: Required<RenderOptions> = {
    stopHere: new AbortController().signal,
    pictures: new RenderPictures(() => undefined),
    deviceMemory,
    chooseRuntime: (device, threads) => chooseRuntime(device, TOOLS, threads),
    ...options,
  };
  all.signal.throwIfAborted();
  const fewerThreads = threadsText(settings.threads, availableParallelism());
  if (fewerThreads !== null) all.log({ level: 'warning', line: fewerThreads });
  const runtimeBefore = secondsInRuntime();
  return all.store.use(async () => {
    try {
      const result =
        work.kind === 'clip'
          ? await renderClip(work.plan, settings, all)
          : await renderSheet(work.sheet, settings, all);
      return { ...result, timings: { ...result.timings, runtime: secondsInRuntime() - runtimeBefore } };
    } finally {
      all.pictures.end();
      if (plansOf(work).some(({ models }) => models.unload)) await all.store.release();
    }
  });
}

/** The output is checked before any model is opened. */
async function renderClip(
  plan: TravelPlan,
  settings: RenderSettings,
  options: Required<RenderOptions>,
): Promise<RenderSuccess> {
  const progress = new ProgressReporter(options.onProgress, plan.output.interpolation?.method === 'film');
  await checkOutputs(plan);
  const { signal } = options;
  const log = (level: 'info' | 'warning') => (line: string) => options.log({ level, line });
  const inputs = { signal, warn: log('warning'), info: log('info') };
  const sound = plan.output.sound && (await soundOf(plan.output.sound, inputs));
  if (sound) await checkSound(plan.output);
  const { clip, stoppedAfter, checkpoint, device, passedOver } = await clipFrames(plan, settings, options, progress);
  progress.begin('write');
  const hashes = await new FileHashes(settings.cacheFolder).of(allFiles(plan), signal);
  // The plan that gives these pixels.
  const rendered = stoppedAfter === null ? plan : { ...plan, sampling: { ...plan.sampling, until: stoppedAfter } };
  const { files } = await writeClip(
    { ...clip, ...(sound && { sound }) },
    rendered.output,
    publishedPlan(rendered, hashes),
    {
      signal,
      onFormatDone: () => progress.advance(plan.output.formats.length),
    },
  );
  // What was stopped can be continued.
  if (stoppedAfter === null) await checkpoint.remove();
  return {
    ok: true,
    files,
    timings: { ...progress.finish(), runtime: 0 },
    device,
    ...(stoppedAfter !== null && { stoppedAfter }),
    ...(passedOver !== null && { passedOver }),
  };
}
