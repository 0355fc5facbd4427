import { Command, CommanderError } from 'commander';
import { addCheck } from './check.ts';
import { EXIT, type ExitCode, UsageError } from './exit-code.ts';
import { addExtract } from './extract.ts';
import { addFormat } from './format.ts';
import { version } from './installation.ts';
import { addLanguageServer } from './language-server.ts';
import { addModels } from './models.ts';
import { addRender } from './render.ts';

const HELP = `
A .travel file is a prompt that changes over time, and the settings of its animation:

  ---
  frames: 16
  seed: 42
  save: [webp, mp4]
  ---
  cute blonde woman with braids      # head: in every frame

  0: (closed eyes:1.3)               # keyframes: what is said from that frame on
  8: red hair

  fox ears                           # tail: in every frame

Examples:
  travel check portrait.travel       what is wrong with it
  travel render portrait.travel      render it with pocket, the model that is built in
  travel models ~/my-models          what can be written as checkpoint, motion_module, vae and <lora:name:1>

Exit codes: 0 done, 1 a file has errors, 2 wrong usage, 3 a render failed, 130 cancelled.
"travel render --help" and so on tell more of each command.`;

/**
 * Carry out one command line.
 *
 * @param args without the program's own name
 * @returns what the process should end with; nothing is thrown for what a user did
 */
export async function runTravel(args: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const finish = (ended: ExitCode) => {
    code = ended;
  };
  const program = new Command('travel')
    .description('Write an animation as text, render it on your own machine.')
    .version(version())
    .exitOverride()
    .showHelpAfterError('Run "travel --help", or --help after a command, for what can be written.')
    .addHelpText('after', HELP);
  for (const add of [addRender, addCheck, addFormat, addExtract, addModels, addLanguageServer]) add(program, finish);
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // Commander has printed its message; asking for help or the version ends in the same way, with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongUsage;
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return EXIT.wrongUsage;
  }
}
