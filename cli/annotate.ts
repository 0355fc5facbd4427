import { dirname, join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { expandHome } from '../library/home.ts';
import { type ClipInputs, hintFolder } from '../plan/clip-inputs.ts';
import type { Annotated } from '../protocol/engine.ts';
import type { LocalEngine } from '../rendering/local-engine.ts';
import { printableLine } from '../rendering/printable.ts';
import { EXIT, type ExitCode, UsageError } from './exit-code.ts';
import { addMachineFlags, addModelsFlag, addSeedFlag, addSetFlag, machineOf, type PlanFlags } from './flags.ts';
import { readTravel, type TravelText } from './input.ts';
import { newEngine, openLibrary } from './installation.ts';
import { planInputs } from './planned.ts';
import { fromHere, print, printError, printJson } from './print.ts';
import { problemLine } from './problems.ts';
import { cancellable } from './signals.ts';

interface AnnotateFlags extends Omit<PlanFlags, 'out'> {
  readonly out?: string;
  readonly json?: true;
}

const HELP = `
Each ControlNet unit gets a folder, unit-1, unit-2, ..., with a PNG for each frame that the unit acts on: what the ControlNet
sees, at the size of the clip. No model is needed, so ControlNet files need not be there. A render afterwards annotates nothing
again. A folder can be the batch of a unit with "preprocessor: none".

Hints of an earlier run in the same folder are replaced. Those that this run does not have, such as those of frames that are
gone, are removed and listed. Files that were changed since, that another program wrote, or that are an input of this file are
kept: if a hint would replace one, nothing is written. The folders are printed to standard output, one per line.

Examples:
  travel annotate dance.travel
  travel annotate dance.travel --out hints
  travel annotate dance.travel --set frames=8 --json`;

export function addAnnotate(program: Command, finish: (code: ExitCode) => void): void {
  addSetFlag(
    addSeedFlag(addMachineFlags(addModelsFlag(program.command('annotate')), ['cacheFolder', 'ffmpeg', 'outputRoot'])),
  )
    .summary('write what ControlNets are guided by')
    .description('Write the hints of all ControlNet units of a .travel file as PNG.')
    .argument('<file>', 'a .travel file; - is standard input')
    .option('--out <folder>', 'the folder to write to (default: hints/NAME in the folder of the file)', folderOf)
    .option('--json', 'print the units and their files as JSON')
    .addHelpText('after', HELP)
    .action(async (file: string, flags: AnnotateFlags) => finish(await annotate(file, flags)));
}

function folderOf(written: string): string {
  if (written.trim() === '') throw new InvalidArgumentError('Write a folder, such as hints.');
  return written;
}

async function annotate(file: string, { out, json, ...flags }: AnnotateFlags): Promise<ExitCode> {
  const input = await readTravel(file);
  const { inputs, problems } = await planInputs(input, await openLibrary(flags), flags);
  for (const problem of problems) printError(problemLine(problem));
  if (problems.length > 0) return EXIT.fileHasErrors;
  if (!inputs || inputs.units.length === 0) {
    throw new UsageError(
      `${input.shown} has no ControlNet units, so it has no hints. Add \`controlnet\` to its settings.`,
    );
  }
  const machine = machineOf(flags);
  const folder =
    out === undefined ? join(machine.outputRoot ?? dirname(input.path), 'hints', input.name) : resolve(expandHome(out));
  const engine = newEngine(machine);
  try {
    return await cancellable(
      (signal) => writeHints({ input, inputs, folder, engine, signal, isJson: json === true }),
      () => engine.kill(),
    );
  } finally {
    engine.stop();
  }
}

interface Writing {
  readonly input: TravelText;
  readonly inputs: ClipInputs;
  readonly folder: string;
  readonly engine: LocalEngine;
  readonly signal: AbortSignal;
  readonly isJson: boolean;
}

async function writeHints({ input: { shown }, inputs, folder, engine, signal, isJson }: Writing): Promise<ExitCode> {
  const progress = progressLine(shown);
  const result = await engine.annotate(
    { inputs, folder },
    (event) => {
      if (event.kind === 'progress') return progress.show(event.done, event.total);
      if (event.level !== 'warning') return;
      progress.end();
      printError(`${shown}: warning: ${printableLine(event.line)}`);
    },
    signal,
  );
  progress.end();
  if (!result.ok) {
    printError(
      `${shown}: ${result.kind === 'cancelled' ? 'Canceled. Hints that were written are kept.' : result.message}`,
    );
    return result.kind === 'cancelled' ? EXIT.cancelled : EXIT.renderFailed;
  }
  if (isJson) {
    printJson(unitsAsJson(inputs, result.units));
    return EXIT.done;
  }
  for (const [index, { files, folder: own }] of result.units.entries()) {
    const { model, preprocessor } = inputs.units[index]!;
    const count = `${files.length} ${files.length === 1 ? 'hint' : 'hints'}`;
    printError(printableLine(`${shown}: ${hintFolder(index)} (${model}, ${preprocessor}): ${count}`));
    if (files.length > 0) print(printableLine(fromHere(own)));
  }
  return EXIT.done;
}

const unitsAsJson = ({ units }: ClipInputs, written: readonly Annotated[]) =>
  written.map(({ folder, files }, index) => {
    const { model, preprocessor } = units[index]!;
    return { unit: index + 1, model, preprocessor, folder, files };
  });

/** How many hints are written, on a terminal only. */
function progressLine(shown: string, screen: NodeJS.WriteStream = process.stderr) {
  let drawn = 0;
  const isTerminal = screen.isTTY === true && process.env.TERM !== 'dumb';
  return {
    show(done: number, total: number) {
      if (!isTerminal) return;
      const line = printableLine(`${shown}: making hints, ${done}/${total}`).slice(0, (screen.columns ?? 80) - 1);
      screen.write(`\r${line.padEnd(drawn)}`);
      drawn = line.length;
    },
    end() {
      if (drawn > 0) screen.write(`\r${' '.repeat(drawn)}\r`);
      drawn = 0;
    },
  };
}
