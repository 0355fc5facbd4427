import { setImmediate } from 'node:timers/promises';
import { commands, type ExtensionContext, type LogOutputChannel, type Uri } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { registerCommands } from './commands.ts';
import { createLog } from './log.ts';
import { chooseModelFolders } from './model-folders.ts';
import { render } from './render.ts';

/** Entry on the desktop and on remote machines. */
export function activate(context: ExtensionContext): void {
  const log = createLog();
  const program = context.asAbsolutePath('dist/travel.js');
  registerCommands(context, startLanguageSoon(context, log), log);
  context.subscriptions.push(
    log,
    commands.registerCommand('travel.render', (target?: Uri | string) => render(program, target)),
    commands.registerCommand('travel.chooseModelFolders', chooseModelFolders),
  );
}

/** The client library takes longer to load than all the rest, so VS Code and the commands come first. */
async function startLanguageSoon(context: ExtensionContext, log: LogOutputChannel): Promise<BaseLanguageClient> {
  await setImmediate();
  const { startOnMachine } = await import('./language-on-machine.ts');
  return startOnMachine(context, log);
}
