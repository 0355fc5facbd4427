import type { Command } from 'commander';
import { isLock, type LockedChoices, lockOf, type ReadLock } from '../plan/lock.ts';
import { contentsOf, lockFor, readLockFile, writeLockFile } from '../rendering/lock-file.ts';
import { printableLine } from '../rendering/printable.ts';
import { EXIT, type ExitCode, UsageError } from './exit-code.ts';
import { addMachineFlags, addModelsFlag, addSeedFlag, addWildcardsFlag, type PlanFlags } from './flags.ts';
import { readTravel, type TravelText } from './input.ts';
import { newEngine, openLibrary, version } from './installation.ts';
import { expandPattern } from './patterns.ts';
import { type PlannedFile, planText } from './planned.ts';
import { print, printError } from './print.ts';
import { problemLine } from './problems.ts';
import { cancellable } from './signals.ts';

const HELP = `
Writes portrait.travel.lock beside portrait.travel: versions, the models' names, sizes and SHA-256, the seed, and what
wildcards and choices gave. Commit it with the file. Nothing is rendered, and a lock file that is up to date stays as it is.

If the file picks a random seed, name the seed of the render to lock; the seed of an existing lock file is kept.
"travel render" prints what differs from the lock file; with --locked, nothing may differ.

Examples:
  travel lock portrait.travel
  travel lock portrait.travel --seed 1234
  travel render portrait.travel --locked`;

type LockFlags = Pick<PlanFlags, 'models' | 'seed' | 'wildcards'>;

export function addLock(program: Command, finish: (code: ExitCode) => void): void {
  addWildcardsFlag(addSeedFlag(addMachineFlags(addModelsFlag(program.command('lock')))))
    .summary('record what makes a render repeatable elsewhere')
    .description('Write a lock file beside each .travel file: what makes its render repeatable on another computer.')
    .argument('<file...>', '.travel files, or patterns such as "**/*.travel"')
    .addHelpText('after', HELP)
    .action(async (files: string[], flags: LockFlags) => finish(await lock(files, flags)));
}

interface ToLock {
  readonly input: TravelText;
  readonly planned: PlannedFile;
}

async function lock(patterns: readonly string[], flags: LockFlags): Promise<ExitCode> {
  const library = await openLibrary(flags);
  const files = (await Promise.all(patterns.map(expandPattern))).flat();
  const all: ToLock[] = [];
  for (const file of files) {
    const input = await readTravel(file);
    if (file === '-' || !isLock(lockOf(input.path))) {
      throw new UsageError(`${input.shown} cannot be locked. Only a file whose name ends in .travel can be.`);
    }
    const before = await readLockFile(input.path);
    const planned = await planText(input, library, flags, choicesOf(before, flags));
    all.push({ input, planned });
  }
  const problems = all.flatMap(({ planned }) => planned.problems);
  for (const problem of problems.filter(({ severity }) => severity === 'error')) printError(problemLine(problem));
  if (all.some(({ planned }) => planned.plan === null)) return EXIT.fileHasErrors;
  const random = all.find(({ planned }) => planned.isRandom)?.input;
  if (random) {
    throw new UsageError(
      `${random.shown} picks a random seed for each render. Add the seed of the one to lock, such as --seed 42.`,
    );
  }
  const engine = newEngine();
  try {
    return await cancellable(
      (signal) => {
        // It only reads.
        signal.addEventListener('abort', () => engine.kill());
        return writeAll(all, signal, engine);
      },
      () => engine.kill(),
    );
  } finally {
    engine.stop();
  }
}

/** The seed of the lock to replace, unless there is another one. What it gives now is rolled again. */
function choicesOf(before: ReadLock | null, { seed }: LockFlags): LockedChoices | undefined {
  return before?.ok && !seed ? { seed: before.lock.seed, rolled: [] } : undefined;
}

async function writeAll(
  all: readonly ToLock[],
  signal: AbortSignal,
  engine: ReturnType<typeof newEngine>,
): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  for (const { input, planned } of all) {
    const shown = printableLine(lockOf(input.shown));
    try {
      const now = await lockFor(planned.plan!, { version: version(), engine });
      const written = await writeLockFile(input.path, now);
      printError(`${shown}: ${written ? 'written' : 'up to date'}, ${contentsOf(now)}`);
      if (written) print(shown);
    } catch (error) {
      if (signal.aborted) return EXIT.cancelled;
      printError(printableLine(`${shown} cannot be written: ${(error as Error).message}`));
      code = EXIT.renderFailed;
    }
  }
  return signal.aborted ? EXIT.cancelled : code;
}
