import type { Command } from 'commander';
import { packageUrl } from './installation.ts';

const HELP = `
Editors start it; docs/editors.md has working settings for Neovim, Helix, Zed and Emacs. Model folders come from the
editor's settings (travel.modelFolders) and from the environment variable TRAVEL_MODELS.`;

export function addLanguageServer(program: Command): void {
  program
    .command('language-server')
    .summary('serve an editor')
    .description('Serve an editor: problems, repairs, completion and more, over the language server protocol.')
    .option('--stdio', 'talk over standard input and output; there is no other way')
    // Some clients say more, such as --clientProcessId.
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText('after', HELP)
    .action(serve);
}

async function serve(): Promise<void> {
  // Loaded here, so that other commands start without it.
  const { createConnection, ProposedFeatures } = await import('vscode-languageserver/node');
  const { NodeHost } = await import('../server/hosts/node-host.ts');
  const { startServer } = await import('../server/server.ts');
  startServer(createConnection(ProposedFeatures.all, process.stdin, process.stdout), new NodeHost(packageUrl('')));
}
