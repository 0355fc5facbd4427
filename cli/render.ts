import type { Command } from 'commander';
import { type ExitCode, UsageError } from './exit-code.ts';
import { addPlanFlags, machineOf } from './flags.ts';
import { newEngine } from './installation.ts';
import { planFiles, type RenderFlags, renderPlanned } from './render-files.ts';
import { jsonReport, TEXT_REPORT } from './render-report.ts';
import { cancellable } from './signals.ts';
import { watch } from './watch.ts';

interface Flags extends RenderFlags {
  readonly json?: true;
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

--json prints a line of JSON for each event instead of paths, and no progress on standard error; docs/command-line.md lists the
events. --watch renders again when a file, a file that it extends or a wildcard file changes, and stops a render that is
out of date; Ctrl+C ends it. --dry-run prints what would be rendered, with the time and the memory that it would need.

Examples:
  travel render portrait.travel
  travel render portrait.travel --watch --set steps=8
  travel render *.travel --dry-run
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
    .option('--resume', 'continue the latest unfinished render of each file, with the same seed')
    .addOption(
      program
        .createOption('--locked', 'render what the lock beside each file says, or nothing if it cannot be the same')
        .conflicts(['seed', 'set', 'frames']),
    )
    .option('--json', 'print each event as a line of JSON')
    .addOption(
      program.createOption('--watch', 'render again whenever the files change').conflicts(['locked', 'dryRun']),
    )
    .option('--dry-run', 'print what would be rendered, and render nothing')
    .addHelpText('after', HELP)
    .action(async (files: string[], flags: Flags) => finish(await render(files, flags)));
}

async function render(patterns: readonly string[], flags: Flags): Promise<ExitCode> {
  if (flags.watch && patterns.includes('-')) throw new UsageError('Standard input cannot be watched. Name a file.');
  const report = flags.json ? jsonReport() : TEXT_REPORT;
  const engine = newEngine(machineOf(flags));
  const kill = () => engine.kill();
  try {
    if (flags.watch) {
      return await cancellable((signal) => watch(patterns, { flags, report, engine, signal }), kill);
    }
    const { files } = await planFiles(patterns, flags);
    return await cancellable((signal) => renderPlanned(files, { flags, report, engine, signal }), kill);
  } finally {
    engine.stop();
  }
}
