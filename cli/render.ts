import { isAbsolute, relative } from 'node:path';
import type { Command } from 'commander';
import type { TravelPlan } from '../plan/plan.ts';
import type { RenderRequest } from '../protocol/engine.ts';
import type { LocalEngine } from '../rendering/local-engine.ts';
import { printableLine } from '../rendering/printable.ts';
import { progressView } from '../rendering/progress-view.ts';
import { RenderQueue } from '../rendering/render-queue.ts';
import { resultText } from '../rendering/render-text.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { addPlanFlags, type PlanFlags } from './flags.ts';
import { readTravel } from './input.ts';
import { newEngine, openLibrary } from './installation.ts';
import { expandPattern } from './patterns.ts';
import { type PlannedFile, planText } from './planned.ts';
import { print, printError } from './print.ts';
import { problemLine } from './problems.ts';
import { cancellable } from './signals.ts';

interface RenderFlags extends PlanFlags {
  readonly mode: RenderRequest['mode'];
}

interface ReadyFile extends PlannedFile {
  readonly plan: TravelPlan;
}

const HELP = `
All files are checked before the first one is rendered. If one has errors, none is rendered. Output paths are printed to
standard output, one per line; progress goes to standard error. Ctrl+C stops after the current step and writes nothing.

With --frames, all frames are sampled, because the motion of each depends on the others; only the ones you asked for are
decoded and written. They are the same as in a full render, and PNG files keep their numbers. For a quick look, render a
shorter clip: --set frames=16.

Examples:
  travel render portrait.travel
  travel render portrait.travel --seed 7 --out out/{name}-{seed}
  travel render portrait.travel --out portrait.mp4
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
    .addHelpText('after', HELP)
    .action(async (files: string[], flags: RenderFlags) => finish(await render(files, flags)));
}

async function render(patterns: readonly string[], flags: RenderFlags): Promise<ExitCode> {
  const library = await openLibrary(flags);
  const planned: PlannedFile[] = [];
  const files = (await Promise.all(patterns.map(expandPattern))).flat();
  for (const file of files) planned.push(await planText(await readTravel(file), library, flags));
  for (const { problems } of planned) {
    // Information and hints are for `check`; here they would hide what matters.
    const wrong = problems.filter(({ severity }) => severity === 'error' || severity === 'warning');
    for (const line of wrong.map(problemLine)) printError(line);
  }
  const ready = planned.filter((file): file is ReadyFile => file.plan !== null);
  if (ready.length < planned.length) return EXIT.fileHasErrors;

  const engine = newEngine(flags.mode);
  try {
    return await cancellable(
      (signal) => renderAll(engine, ready, signal),
      () => engine.kill(),
    );
  } finally {
    engine.stop();
  }
}

/** After a failed render the next one is started; after a canceled one, none is. */
async function renderAll(engine: LocalEngine, files: readonly ReadyFile[], signal: AbortSignal): Promise<ExitCode> {
  const queue = new RenderQueue();
  signal.addEventListener('abort', () => queue.cancelAll());
  const jobs = files.map(({ name, shown, plan }) => {
    const view = progressView(process.stderr, printableLine(name), plan);
    const warn = (line: string) => {
      view.end();
      printError(`${shown}: warning: ${printableLine(line)}`);
    };
    const { result } = queue.submit(plan, engine, (event) => {
      if (event.kind === 'progress') view.show(event.progress);
      if (event.kind === 'log' && event.level === 'warning') warn(event.line);
    });
    return { shown, plan, view, result };
  });
  let code: ExitCode = EXIT.done;
  for (const { shown, plan, view, result: pending } of jobs) {
    const result = await pending;
    view.end();
    printError(`${shown}: ${resultText(plan, result)}`);
    for (const file of result.ok ? result.files : []) print(printableLine(fromHere(file)));
    if (result.ok) continue;
    if (result.kind === 'cancelled') return EXIT.cancelled;
    code = EXIT.renderFailed;
  }
  return code;
}

/** Paths in the current folder are shown relative to it. */
function fromHere(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}
