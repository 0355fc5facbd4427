import { resolve } from 'node:path';
import { cacheFolder } from '../library/cache-folder.ts';
import { readText } from '../library/file-environment.ts';
import type { ModelLibrary } from '../library/model-library.ts';
import type { ReadLock } from '../plan/lock.ts';
import { clipWork } from '../plan/work.ts';
import type { RenderProgress } from '../protocol/engine.ts';
import type { LocalEngine } from '../rendering/local-engine.ts';
import { printableLine } from '../rendering/printable.ts';
import { type JobEvent, RenderQueue } from '../rendering/render-queue.ts';
import { runningRenders } from '../rendering/service/client.ts';
import { RenderTimes, showsResumed } from '../rendering/service/render-times.ts';
import { canResume, unfinishedPlan } from '../rendering/unfinished.ts';
import { lastRenderTimes, renderFacts } from './dry-run.ts';
import { EXIT, type ExitCode, NotTextError } from './exit-code.ts';
import { givenSettings, type PlanFlags } from './flags.ts';
import { readTravel, type TravelText } from './input.ts';
import { openLibrary } from './installation.ts';
import {
  compareWithLocks,
  lockedChoices,
  lockToUse,
  lockUse,
  printLockedModels,
  printUnusableLocks,
} from './locked.ts';
import type { ReadTexts } from './next-change.ts';
import { expandPattern } from './patterns.ts';
import { type PlannedFile, planText, type ReadyFile } from './planned.ts';
import { printError } from './print.ts';
import { notTextProblem } from './problems.ts';
import type { RenderReport } from './render-report.ts';

/** Flags that decide what is rendered. */
export interface RenderFlags extends PlanFlags {
  readonly resume?: true;
  readonly locked?: true;
  readonly dryRun?: true;
  readonly watch?: true;
}

type FileToRender = (PlannedFile | UnreadableFile) & { readonly lock: ReadLock | null };

/** A file that is not text. */
type UnreadableFile = Pick<PlannedFile, 'shown' | 'problems'> & { readonly plan: null };

/**
 * Reads, checks and plans files.
 *
 * @returns the files, and the texts that they were made of
 * @throws UsageError if a file cannot be opened, or a pattern matches none
 */
export async function planFiles(
  patterns: readonly string[],
  flags: RenderFlags,
): Promise<{ readonly files: readonly FileToRender[]; readonly texts: ReadTexts }> {
  const library = await openLibrary(flags);
  const texts = new Map<string, string | null>();
  const files: FileToRender[] = [];
  for (const file of (await Promise.all(patterns.map(expandPattern))).flat()) {
    // Before it is planned, so that no change of it is missed.
    if (file !== '-') texts.set(resolve(file), await readText(resolve(file)));
    files.push(await planFile(file, { library, flags, texts }));
  }
  return { files, texts };
}

interface Planning {
  readonly library: ModelLibrary;
  readonly flags: RenderFlags;
  readonly texts: Map<string, string | null>;
}

async function planFile(file: string, { library, flags, texts }: Planning): Promise<FileToRender> {
  try {
    const input = await readTravel(file);
    const use = lockUse(flags);
    const lock = await lockToUse(input, use);
    const given = flags.resume && use !== 'require' ? await flagsToResume(input, flags) : flags;
    // Its own, because what is in it is not read again.
    const read = new Map<string, string | null>();
    const planned = await planText(input, library, given, lockedChoices(lock, use), read);
    for (const [path, text] of read) texts.set(path, text);
    return { ...planned, lock };
  } catch (error) {
    if (!(error instanceof NotTextError)) throw error;
    return { shown: error.shown, plan: null, problems: [notTextProblem(error)], lock: null };
  }
}

/** A seed that is random or was given as a flag is the one of the unfinished render. */
async function flagsToResume({ text }: TravelText, flags: RenderFlags): Promise<RenderFlags> {
  if ('seed' in givenSettings(flags)) return flags;
  const unfinished = await unfinishedPlan(cacheFolder(), text);
  return unfinished ? { ...flags, seed: { seed: unfinished.sampling.seed } } : flags;
}

interface Rendering {
  readonly flags: RenderFlags;
  readonly report: RenderReport;
  readonly engine: LocalEngine;
  /** Stops the render. */
  readonly signal: AbortSignal;
}

/** Renders files, if none has errors. */
export async function renderPlanned(files: readonly FileToRender[], rendering: Rendering): Promise<ExitCode> {
  const { flags, report, engine, signal } = rendering;
  const use = lockUse(flags);
  if (use === 'require' && printUnusableLocks(files)) return EXIT.differsFromLock;
  // Information and hints are for `check`; here they would hide what matters.
  const wrong = files
    .flatMap(({ problems }) => problems)
    .filter(({ severity }) => severity === 'error' || severity === 'warning');
  for (const problem of wrong) report.problem(problem);
  const ready = files.filter((file): file is FileToRender & ReadyFile => file.plan !== null);
  if (ready.length < files.length) {
    printLockedModels(files);
    return EXIT.fileHasErrors;
  }
  const same = await compareWithLocks(ready, { engine, signal });
  if (signal.aborted) return EXIT.cancelled;
  if (!same && use === 'require') return EXIT.differsFromLock;
  if (flags.dryRun) {
    const times = await lastRenderTimes();
    for (const file of ready) report.facts(renderFacts(file, times));
    return EXIT.done;
  }
  const others = await runningRenders(cacheFolder());
  if (others.length > 0) {
    printError(`VS Code is rendering ${printableLine(others.join(', '))} at the same time, so both take longer.`);
  }
  return renderAll(ready, rendering);
}

/** After a failed render the next one is started; after a canceled one, none is. */
async function renderAll(files: readonly ReadyFile[], { flags, report, engine, signal }: Rendering): Promise<ExitCode> {
  const queue = new RenderQueue();
  signal.addEventListener('abort', () => queue.cancelAll());
  const times = new RenderTimes(cacheFolder(), printError);
  const jobs = files.map((file) => {
    const fileReport = report.file(file);
    let progress: RenderProgress | null = null;
    let resumed = false;
    const onEvent = (event: JobEvent) => {
      if (event.kind === 'progress') {
        progress = event.progress;
        resumed ||= showsResumed(progress);
        fileReport.progress(progress);
      }
      if (event.kind === 'log' && event.level === 'warning') fileReport.warning(event.line);
    };
    const { result } = queue.submit(clipWork(file.plan), engine, onEvent, { resume: flags.resume ?? false });
    return { plan: file.plan, fileReport, result, progress: () => ({ last: progress, resumed }) };
  });
  let code: ExitCode = EXIT.done;
  for (const { plan, fileReport, result: pending, progress } of jobs) {
    const result = await pending;
    const { last, resumed } = progress();
    // What is watched is rendered again anyway, and has changed if the render was stopped.
    fileReport.ended(result, !result.ok && !flags.watch && canResume(plan, result, last));
    if (result.ok && !resumed) times.add(plan, result);
    if (result.ok) continue;
    code = result.kind === 'cancelled' ? EXIT.cancelled : EXIT.renderFailed;
    if (code === EXIT.cancelled) break;
  }
  await times.flush();
  return code;
}
