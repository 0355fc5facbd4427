import { Command, CommanderError } from 'commander';
import { MACHINE_SETTINGS } from '../plan/machine.ts';
import { addAnnotate } from './annotate.ts';
import { addCache } from './cache.ts';
import { addCheck } from './check.ts';
import { addCompletion } from './completion.ts';
import { addConvert } from './convert.ts';
import { addDoctor } from './doctor.ts';
import { EXIT, type ExitCode, NotTextError, UsageError } from './exit-code.ts';
import { addExport } from './export.ts';
import { addExtract } from './extract.ts';
import { type MachineFlags, machineOf } from './flags.ts';
import { addFormat } from './format.ts';
import { addImport } from './import.ts';
import { version } from './installation.ts';
import { addLanguageServer } from './language-server.ts';
import { addLock } from './lock.ts';
import { addModels } from './models.ts';
import { printError } from './print.ts';
import { notTextProblem, problemLine } from './problems.ts';
import { addRender } from './render.ts';

const HELP = `
A .travel file is a prompt that changes over time, and the settings of its animation:

  ---
  frames: 16
  seed: 42
  save: [webp, mp4]
  ---
  cute blonde woman with braids      # head: in every frame

  0: (closed eyes:1.3)               # keyframes: the prompt that a frame reaches
  8: red hair

  fox ears                           # tail: in every frame

Examples:
  travel check portrait.travel       check it
  travel render portrait.travel      render it with pocket, the built-in model
  travel lock portrait.travel        record what makes the render repeatable elsewhere
  travel import image.png            convert a file of A1111, ComfyUI, animatediff-cli, FizzNodes or Deforum
  travel models ~/my-models          list the names for checkpoint, motion_module, vae and <lora:name:1>

Exit codes: 0 done, 1 a file has errors, 2 wrong usage, 3 a render failed, 4 with --locked, a file
differs from its lock file, 130 canceled.
Run "travel render --help" for help on a command.`;

/** In the order of the help. */
const ADD_COMMANDS = [
  addRender,
  addAnnotate,
  addLock,
  addCheck,
  addFormat,
  addImport,
  addExport,
  addExtract,
  addConvert,
  addModels,
  addCache,
  addDoctor,
  addLanguageServer,
  addCompletion,
];

/**
 * Runs one command line.
 *
 * @param args without the program's name
 * @returns the exit code; wrong usage is not thrown
 */
export async function runTravel(args: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const finish = (ended: ExitCode) => {
    code = ended;
  };
  const program = new Command('travel')
    .description('Write an animation as text and render it on your own computer.')
    .version(version())
    .exitOverride()
    .configureOutput({ writeErr: (text) => printError(text.trimEnd()) })
    .showHelpAfterError('Run "travel --help", or add --help after a command.')
    .addHelpText('after', HELP)
    // For this process and the engine, which is its child.
    .hook('preAction', (_, command) => {
      const { cacheFolder } = command.opts<MachineFlags>();
      if (cacheFolder === undefined) return;
      machineOf({ cacheFolder });
      process.env[MACHINE_SETTINGS.cacheFolder.variable] = cacheFolder;
    });
  for (const add of ADD_COMMANDS) add(program, finish);
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // Commander has printed its message. Help and version end in the same way, with exit code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongUsage;
    if (error instanceof NotTextError) {
      printError(problemLine(notTextProblem(error)));
      return EXIT.fileHasErrors;
    }
    if (!(error instanceof UsageError)) throw error;
    printError(error.message);
    return EXIT.wrongUsage;
  }
}
