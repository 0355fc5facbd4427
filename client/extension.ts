import { setImmediate } from 'node:timers/promises';
import { commands, type ExtensionContext, type LogOutputChannel, type Uri } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { registerCommands } from './commands.ts';
import { createLog } from './log.ts';
import { chooseModelFolders } from './model-folders.ts';
import type { Renders } from './render/renders.ts';

/** Entry on the desktop and on remote machines. */
export function activate(context: ExtensionContext): void {
  const log = createLog();
  const client = startLanguageSoon(context, log);
  registerCommands(context, client, log);
  let renders: Renders | undefined;
  context.subscriptions.push(
    log,
    commands.registerCommand('travel.render', async (target?: Uri | string) => {
      // Loaded on the first render, because most windows only edit.
      const { render } = await import('./render/render-command.ts');
      const { startRenders } = await import('./render/start-renders.ts');
      renders ??= startRenders(context, log);
      return render(await client, renders, context, target);
    }),
    commands.registerCommand('travel.chooseModelFolders', chooseModelFolders),
  );
}

/** Loading the client library takes longer than everything else, so VS Code and the commands come first. */
async function startLanguageSoon(context: ExtensionContext, log: LogOutputChannel): Promise<BaseLanguageClient> {
  await setImmediate();
  const { startOnMachine } = await import('./language-on-machine.ts');
  return startOnMachine(context, log);
}
