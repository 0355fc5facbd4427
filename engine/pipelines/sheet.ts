import { largest } from '../../plan/extremes.ts';
import { allFiles } from '../../plan/model-files.ts';
import { publishedPlan } from '../../plan/published-plan.ts';
import { iterationsOf, modelCalls, renderSteps } from '../../plan/steps.ts';
import type { Sheet } from '../../plan/work.ts';
import type { RenderProgress, RenderSuccess } from '../../protocol/engine.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { Clip } from '../media/frames.ts';
import { loadSharp } from '../media/load-sharp.ts';
import { type SheetCell, sheetOf } from '../media/sheet.ts';
import { checkOutputs, writeClip } from '../media/write.ts';
import { FileHashes } from '../models/file-hashes.ts';
import { ProgressReporter } from '../progress.ts';
import { clipFrames } from './clip-frames.ts';
import type { RenderOptions, RenderSettings } from './options.ts';

/** Pixels of all clips of a sheet together: larger ones are hard to look at, and slow to open. */
const MOST_WIDTH = 2048;
const MOST_HEIGHT = 4096;

/**
 * Renders the clips of a sheet one after another, and writes them side by side as one WebP file, which holds the source
 * and the plan of the first one. A clip whose progress was saved goes on from there. If the render is told to stop, the
 * sheet has the clips up to the one that it was making.
 *
 * @throws an error that `failureOf` explains
 */
export async function renderSheet(
  { cells, columns, base }: Sheet,
  settings: RenderSettings,
  options: Required<RenderOptions>,
): Promise<RenderSuccess> {
  const { signal, stopHere, onProgress } = options;
  const first = cells[0]!.plan;
  const output = { ...first.output, base, formats: ['webp' as const] };
  await checkOutputs({ ...first, output });
  const progress = new SheetProgress(onProgress, cells);
  const done: SheetCell[] = [];
  const checkpoints: Checkpoint[] = [];
  let device = '';
  /** Of all clips. */
  let steps = 0;
  let isWhole = true;
  for (const { label, plan } of cells) {
    // There is always a first clip.
    if (stopHere.aborted && done.length > 0) break;
    const reporter = new ProgressReporter((value) => progress.report(value));
    const { clip, checkpoint, stoppedAfter, ...rest } = await clipFrames(plan, settings, options, reporter);
    ({ device } = rest);
    steps += stoppedAfter ?? renderSteps(plan.sampling);
    isWhole &&= stoppedAfter === null;
    done.push({ label, clip: await scaled(clip, cells.length, columns) });
    checkpoints.push(checkpoint);
    progress.cellDone(plan);
  }

  progress.beginWriting();
  const { loop } = first.output;
  // The fastest clip shows all of its frames.
  const fps = largest(done.map(({ clip }) => clip.fps));
  const hashes = await new FileHashes(settings.cacheFolder).of(allFiles(first), signal);
  const clip = { ...sheetOf(done, columns, fps), fps, loop, firstNumber: 0 };
  const { files } = await writeClip(clip, output, publishedPlan({ ...first, output }, hashes), { signal });
  isWhole &&= done.length === cells.length;
  // What was stopped can be continued: the clips that are done only have to be read.
  if (isWhole) for (const checkpoint of checkpoints) await checkpoint.remove();
  return { ok: true, files, timings: progress.timings(), device, ...(!isWhole && { stoppedAfter: steps }) };
}

/** The progress of a sheet: it samples, clip after clip, until it writes. */
class SheetProgress {
  readonly #onProgress: (progress: RenderProgress) => void;
  readonly #total: number;
  readonly #start = performance.now();
  #before = 0;

  constructor(onProgress: (progress: RenderProgress) => void, cells: Sheet['cells']) {
    this.#onProgress = onProgress;
    this.#total = cells.reduce((sum, { plan }) => sum + callsOf(plan), 0);
  }

  /** @param progress of the clip that is being made */
  report({ stage, done }: RenderProgress): void {
    if (stage !== 'sample') return;
    const all = this.#before + done;
    const secondsLeft = (this.#seconds() / all) * (this.#total - all);
    this.#onProgress({ stage, done: all, total: this.#total, ...(done > 0 && { secondsLeft }) });
  }

  cellDone(plan: Sheet['cells'][number]['plan']): void {
    this.#before += callsOf(plan);
  }

  beginWriting(): void {
    this.#onProgress({ stage: 'write', done: 0, total: 1 });
  }

  /** Of the whole; the stages of its clips are not told apart. */
  timings(): RenderSuccess['timings'] {
    const total = this.#seconds();
    return { total, load: 0, encode: 0, sample: total, decode: 0, write: 0, runtime: 0 };
  }

  #seconds(): number {
    return (performance.now() - this.#start) / 1000;
  }
}

const callsOf = ({ sampling, context }: Sheet['cells'][number]['plan']) =>
  iterationsOf(sampling) * modelCalls(context.windows);

/** A clip in the size that it has in a sheet of `count` clips. */
async function scaled(clip: Clip, count: number, columns: number): Promise<SheetCell['clip']> {
  const across = Math.min(columns, count);
  const factor = Math.min(
    1,
    MOST_WIDTH / (across * clip.width),
    MOST_HEIGHT / (Math.ceil(count / across) * clip.height),
  );
  if (factor === 1) return clip;
  const [width, height] = [clip.width, clip.height].map((side) => Math.max(1, Math.round(side * factor))) as [
    number,
    number,
  ];
  const sharp = await loadSharp();
  const frames: Uint8Array[] = [];
  for (let i = 0; i < clip.count; i++) {
    const raw = { width: clip.width, height: clip.height, channels: 3 as const };
    frames.push(
      await sharp(await clip.rgb(i), { raw })
        .resize(width, height)
        .raw()
        .toBuffer(),
    );
  }
  return { width, height, count: clip.count, fps: clip.fps, rgb: (index) => frames[index]! };
}
