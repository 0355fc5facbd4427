import type { ExtensionContext, LogOutputChannel } from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { MACHINE_SETTINGS } from '../plan/machine.ts';
import { clientOptions, startLanguage } from './language.ts';
import { machineVariables } from './machine.ts';

/** Starts the language server in its own process. */
export function startOnMachine(context: ExtensionContext, log: LogOutputChannel): LanguageClient {
  const module = context.asAbsolutePath('dist/server.js');
  // Of the settings that apply to its next start. The others are sent to it.
  const { cacheFolder } = MACHINE_SETTINGS;
  const { [cacheFolder.variable]: folder } = machineVariables();
  const env = { ...process.env, ...(folder !== undefined && { [cacheFolder.variable]: folder }) };
  const server = { module, transport: TransportKind.ipc, options: { env } };
  const client = new LanguageClient('travel', 'Prompt Travel', server, clientOptions(log, 'machine'));
  // Not awaited: the status item shows the progress.
  void startLanguage(context, client, log);
  return client;
}
