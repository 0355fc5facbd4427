import { commands, type ExtensionContext, type Uri } from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { registerCommands } from './commands.ts';
import { clientOptions, startLanguage } from './language.ts';
import { createLog } from './log.ts';
import { chooseModelFolders } from './model-folders.ts';
import { render } from './render.ts';

/** Entry on the desktop and on remote machines: the language server is a process of its own. */
export function activate(context: ExtensionContext): void {
  const log = createLog();
  const server = { module: context.asAbsolutePath('dist/server.js'), transport: TransportKind.ipc };
  const client = new LanguageClient('travel', 'Prompt Travel', server, clientOptions(log, 'machine'));
  const program = context.asAbsolutePath('dist/travel.js');
  registerCommands(context, client, log);
  context.subscriptions.push(
    log,
    commands.registerCommand('travel.render', (target?: Uri | string) => render(program, target)),
    commands.registerCommand('travel.chooseModelFolders', chooseModelFolders),
  );
  // Not awaited: the commands are there at once, and the status item shows how the start goes.
  void startLanguage(context, client, log);
}
