import type { Command } from 'commander';
import { cacheFolder } from '../library/cache-folder.ts';
import type { ReadLock } from '../plan/lock.ts';
import { clipWork } from '../plan/work.ts';
import type { RenderProgress, RenderRequest } from '../protocol/engine.ts';
import type { LocalEngine } from '../rendering/local-engine.ts';
import { printableLine } from '../rendering/printable.ts';
import { progressView } from '../rendering/progress-view.ts';
import { type JobEvent, RenderQueue } from '../rendering/render-queue.ts';
import { clipOf, resultText } from '../rendering/render-text.ts';
import { runningRenders } from '../rendering/service/client.ts';
import { canResume, unfinishedPlan } from '../rendering/unfinished.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { addPlanFlags, givenSettings, type PlanFlags } from './flags.ts';
import { readTravel, type TravelText } from './input.ts';
import { newEngine, openLibrary } from './installation.ts';
import {
  compareWithLocks,
  lockedChoices,
  lockToUse,
  lockUse,
  printLockedModels,
  printUnusableLocks,
} from './locked.ts';
import { expandPattern } from './patterns.ts';
import { type PlannedFile, planText, type ReadyFile } from './planned.ts';
import { fromHere, print, printError } from './print.ts';
import { problemLine } from './problems.ts';
import { cancellable } from './signals.ts';

interface RenderFlags extends PlanFlags {
  readonly mode: RenderRequest['mode'];
  readonly resume?: true;
  readonly locked?: true;
}

const HELP = `
All files are checked before the first one is rendered. If one has errors, none is rendered. Output paths are printed to
standard output, one per line; progress goes to standard error. Ctrl+C stops after the current step and writes nothing.
The progress of a render that was stopped, crashed or could not write its files is kept for 14 days; --resume continues it.

With --frames, all frames are sampled, because the motion of each depends on the others; only the ones you asked for are
decoded and written. They are the same as in a full render, and PNG files keep their numbers. For a quick look, render a
shorter clip: --set frames=16.

A file that has a lock file (see "travel lock --help") is compared with it, and a line lists what differs, except with
--seed, --set and --frames. With --locked, a random seed, wildcards and choices are the locked ones. If anything else
differs, or there is no lock file, nothing is rendered and the exit code is 4.

Examples:
  travel render portrait.travel
  travel render portrait.travel --locked
  travel render portrait.travel --seed 7 --out out/{name}-{seed}
  travel render portrait.travel --out portrait.mp4
  travel render portrait.travel --resume
  travel render portrait.travel --set steps=8 --set cfg_scale=9
  travel render portrait.travel --frames 4-7 --set save=png
  travel render *.travel --models ~/stable-diffusion-webui`;

export function addRender(program: Command, finish: (code: ExitCode) => void): void {
  addPlanFlags(program.command('render'))
    .summary('render files, in order')
    .description('Render .travel files, in order.')
    .argument('<file...>', '.travel files, or patterns such as "**/*.travel"; - is standard input')
    .addOption(
      program
        .createOption(
          '--mode <mode>',
          'lean: weights stay in their files; fast: weights are unpacked in memory, slower to start',
        )
        .choices(['lean', 'fast'])
        .default('lean'),
    )
    .option('--resume', 'continue the latest unfinished render of each file, with the same seed')
    .addOption(
      program
        .createOption('--locked', 'render what the lock beside each file says, or nothing if it cannot be the same')
        .conflicts(['seed', 'set', 'frames']),
    )
    .addHelpText('after', HELP)
    .action(async (files: string[], flags: RenderFlags) => finish(await render(files, flags)));
}

async function render(patterns: readonly string[], flags: RenderFlags): Promise<ExitCode> {
  const library = await openLibrary(flags);
  const use = lockUse(flags);
  const planned: (PlannedFile & { readonly lock: ReadLock | null })[] = [];
  const files = (await Promise.all(patterns.map(expandPattern))).flat();
  for (const file of files) {
    const input = await readTravel(file);
    const lock = await lockToUse(input, use);
    const given = flags.resume && use !== 'require' ? await flagsToResume(input, flags) : flags;
    planned.push({ ...(await planText(input, library, given, lockedChoices(lock, use))), lock });
  }
  if (use === 'require' && printUnusableLocks(planned)) return EXIT.differsFromLock;
  for (const { problems } of planned) {
    // Information and hints are for `check`; here they would hide what matters.
    const wrong = problems.filter(({ severity }) => severity === 'error' || severity === 'warning');
    for (const line of wrong.map(problemLine)) printError(line);
  }
  const ready = planned.filter((file): file is (typeof planned)[number] & ReadyFile => file.plan !== null);
  if (ready.length < planned.length) {
    printLockedModels(planned);
    return EXIT.fileHasErrors;
  }

  const others = await runningRenders(cacheFolder());
  if (others.length > 0) {
    printError(`VS Code is rendering ${printableLine(others.join(', '))} at the same time, so both take longer.`);
  }
  const engine = newEngine(flags.mode);
  try {
    return await cancellable(
      async (signal) => {
        const same = await compareWithLocks(ready, { engine, signal });
        if (signal.aborted) return EXIT.cancelled;
        if (!same && use === 'require') return EXIT.differsFromLock;
        return renderAll(engine, ready, { signal, resume: flags.resume ?? false });
      },
      () => engine.kill(),
    );
  } finally {
    engine.stop();
  }
}

/** A seed that is random or was given as a flag is the one of the unfinished render. */
async function flagsToResume({ text }: TravelText, flags: RenderFlags): Promise<RenderFlags> {
  if ('seed' in givenSettings(flags)) return flags;
  const unfinished = await unfinishedPlan(cacheFolder(), text);
  return unfinished ? { ...flags, seed: { seed: unfinished.sampling.seed } } : flags;
}

/** After a failed render the next one is started; after a canceled one, none is. */
async function renderAll(
  engine: LocalEngine,
  files: readonly ReadyFile[],
  { signal, resume }: { readonly signal: AbortSignal; readonly resume: boolean },
): Promise<ExitCode> {
  const queue = new RenderQueue();
  signal.addEventListener('abort', () => queue.cancelAll());
  const jobs = files.map(({ name, shown, plan }) => {
    const view = progressView(process.stderr, printableLine(name), plan);
    const warn = (line: string) => {
      view.end();
      printError(`${shown}: warning: ${printableLine(line)}`);
    };
    let progress: RenderProgress | null = null;
    const onEvent = (event: JobEvent) => {
      if (event.kind === 'progress') {
        progress = event.progress;
        view.show(progress);
      }
      if (event.kind === 'log' && event.level === 'warning') warn(event.line);
    };
    const { result } = queue.submit(clipWork(plan), engine, onEvent, { resume });
    return { shown, plan, view, result, lastProgress: () => progress };
  });
  let code: ExitCode = EXIT.done;
  for (const { shown, plan, view, result: pending, lastProgress } of jobs) {
    const result = await pending;
    view.end();
    printError(`${shown}: ${resultText(clipOf(plan), result)}`);
    for (const file of result.ok ? result.files : []) print(printableLine(fromHere(file)));
    if (result.ok) continue;
    if (canResume(plan, result, lastProgress()))
      printError('The progress was saved. Run the same command with --resume to continue.');
    if (result.kind === 'cancelled') return EXIT.cancelled;
    code = EXIT.renderFailed;
  }
  return code;
}
