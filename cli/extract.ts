import { resolve } from 'node:path';
import type { Command } from 'commander';
import { EXIT, type ExitCode } from './exit-code.ts';
import { asWritten, statNamed } from './input.ts';
import { newEngine } from './installation.ts';
import { printError, printJson, printVerbatim } from './print.ts';

const HELP = `
Every file that a render writes contains its source verbatim, together with its plan. A folder of PNG frames works, too.

Examples:
  travel extract renders/portrait/2026-03-01-42.webp > portrait.travel
  travel extract portrait.mp4 --plan`;

export function addExtract(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('extract')
    .summary('print the source of an image or video')
    .description('Print the .travel source inside an image or video that a render wrote.')
    .argument('<file>', 'a .webp, .gif, .apng, .png, .mp4, .webm, .mov, .mkv or .txt file, or a folder of PNG frames')
    .option('--plan', 'print the plan as JSON instead')
    .addHelpText('after', HELP)
    .action(async (file: string, flags: { plan?: true }) => finish(await extract(file, flags.plan === true)));
}

async function extract(file: string, wantsPlan: boolean): Promise<ExitCode> {
  await statNamed(file);
  const engine = newEngine();
  try {
    const result = await engine.extract(resolve(file));
    if (!result.ok) {
      printError(asWritten(result.message, file));
      return EXIT.fileHasErrors;
    }
    const { source, plan } = result;
    if (!plan.ok) printError(`${file}: The plan in this file cannot be read. ${plan.reason}`);
    if (!wantsPlan) {
      printVerbatim(source);
      return EXIT.done;
    }
    if (!plan.ok) return EXIT.fileHasErrors;
    printJson(plan.plan);
    return EXIT.done;
  } finally {
    engine.stop();
  }
}
