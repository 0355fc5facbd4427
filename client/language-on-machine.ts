import type { ExtensionContext, LogOutputChannel } from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { clientOptions, startLanguage } from './language.ts';

/** Starts the language server in its own process. */
export function startOnMachine(context: ExtensionContext, log: LogOutputChannel): LanguageClient {
  const server = { module: context.asAbsolutePath('dist/server.js'), transport: TransportKind.ipc };
  const client = new LanguageClient('travel', 'Prompt Travel', server, clientOptions(log, 'machine'));
  // Not awaited: the status item shows the progress.
  void startLanguage(context, client, log);
  return client;
}
