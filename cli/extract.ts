import { resolve } from 'node:path';
import type { Command } from 'commander';
import { EXIT, type ExitCode } from './exit-code.ts';
import { statNamed } from './input.ts';
import { newEngine } from './installation.ts';

const HELP = `
Every file that a render writes holds its source, word for word, and the plan that it was rendered from. A folder of
PNG frames will do as well.

Examples:
  travel extract renders/portrait/2026-03-01-42.webp > portrait.travel
  travel extract portrait.mp4 --plan`;

export function addExtract(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('extract')
    .summary('give back the source of a picture or film')
    .description('Print the .travel source inside a picture or film that a render wrote.')
    .argument('<file>', 'a .webp, .gif, .mp4, .webm, .png or .txt file, or a folder of PNG frames')
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
      process.stderr.write(`${result.message}\n`);
      return EXIT.fileHasErrors;
    }
    const { source, plan } = result;
    if (!plan.ok) process.stderr.write(`${file}: The plan in this file cannot be read. ${plan.reason}\n`);
    if (!wantsPlan) {
      process.stdout.write(source);
      return EXIT.done;
    }
    if (!plan.ok) return EXIT.fileHasErrors;
    process.stdout.write(`${JSON.stringify(plan.plan, null, 2)}\n`);
    return EXIT.done;
  } finally {
    engine.stop();
  }
}
