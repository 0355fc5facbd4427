import type { Command } from 'commander';
import { packageUrl } from './installation.ts';

const HELP = `
Editors start it; docs/editors.md has working settings for Neovim, Helix, Zed and Emacs. Model folders come from the
editor's settings (travel.modelFolders) and from the environment variable TRAVEL_MODELS.`;

export function addLanguageServer(program: Command): void {
  program
    .command('language-server')
    .summary('run the language server')
    .description('Run the language server, for any editor that supports the language server protocol.')
    .option('--stdio', 'communicate over standard input and output (always on)')
    // Some clients add arguments, such as --clientProcessId.
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText('after', HELP)
    .action(serve);
}

async function serve(): Promise<void> {
  // Loaded here so that other commands start faster.
  const { NodeHost } = await import('../server/hosts/node-host.ts');
  const { startServer } = await import('../server/server.ts');
  const { stdioConnection } = await import('../server/stdio.ts');
  startServer(stdioConnection(), new NodeHost(packageUrl('')));
}
