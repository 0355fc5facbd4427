import { commands, type ExtensionContext, type LogOutputChannel } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { copyAsA1111 } from './copy-prompt.ts';
import { restart } from './language.ts';
import { newTravelFile } from './new-file.ts';

/** The commands that need no disk. */
export function registerCommands(context: ExtensionContext, client: BaseLanguageClient, log: LogOutputChannel): void {
  context.subscriptions.push(
    commands.registerCommand('travel.showLog', () => log.show()),
    commands.registerCommand('travel.restartServer', () => restart(client, log)),
    commands.registerCommand('travel.newFile', newTravelFile),
    commands.registerCommand('travel.copyAsA1111', () => copyAsA1111(client)),
  );
}
