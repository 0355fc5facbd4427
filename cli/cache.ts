import type { Command } from 'commander';
import { cacheFolder } from '../library/cache-folder.ts';
import { bytesText, cacheContents, cachePartText, clear, clearedText } from '../rendering/cache-contents.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { addMachineFlags, machineOf } from './flags.ts';
import { print, printError } from './print.ts';

const HELP = `
The cache has the progress of renders that were stopped, which "travel render --resume" continues, and what can be computed
again. It is bounded in size and age. Progress that VS Code's unfinished renders need is kept.`;

export function addCache(program: Command, finish: (code: ExitCode) => void): void {
  addMachineFlags(program.command('cache'), ['cacheFolder'])
    .summary('show or clear the cache')
    .description('Show what the cache folder holds.')
    .option('--clear', 'remove all of it')
    .addHelpText('after', HELP)
    .action(async (flags: { clear?: true }) => finish(await cache(flags.clear === true)));
}

async function cache(wantsClear: boolean): Promise<ExitCode> {
  // A variable that cannot be used must not clear another folder.
  machineOf();
  const shares = await cacheContents(cacheFolder());
  if (!wantsClear) {
    print(cacheFolder());
    for (const { part, bytes } of shares) print(`${bytesText(bytes).padStart(8)}  ${cachePartText(part)}`);
    return EXIT.done;
  }
  const cleared = await clear(shares);
  printError(clearedText(cleared, shares));
  return cleared.failures.length === 0 ? EXIT.done : EXIT.renderFailed;
}
