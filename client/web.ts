import { type ExtensionContext, Uri } from 'vscode';
import { LanguageClient } from 'vscode-languageclient/browser';
import { registerCommands } from './commands.ts';
import { clientOptions, startLanguage } from './language.ts';
import { createLog } from './log.ts';

/** The browser's: the project is checked with the types of Node, which has another. */
declare const Worker: new (script: string) => Worker;

/** Entry in a browser without a machine behind it: the language server is a worker, and there is nothing to render with. */
export function activate(context: ExtensionContext): void {
  const log = createLog();
  const script = Uri.joinPath(context.extensionUri, 'dist/web/server.js');
  const startWorker = async () => new Worker(script.toString(true));
  const client = new LanguageClient('travel', 'Prompt Travel', startWorker, clientOptions(log, 'browser'));
  registerCommands(context, client, log);
  context.subscriptions.push(log);
  void startLanguage(context, client, log);
}
