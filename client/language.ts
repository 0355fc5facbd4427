import { type ExtensionContext, type LogOutputChannel, window, workspace } from 'vscode';
import { type BaseLanguageClient, type LanguageClientOptions, State } from 'vscode-languageclient';
import { LANGUAGE } from './language-id.ts';
import { messageOf } from './log.ts';
import { linkToPages, registerPages } from './pages.ts';
import { registerPaste } from './paste.ts';
import { createServerStatus } from './status.ts';

/** A machine can render; a browser cannot. */
export type Place = 'machine' | 'browser';

/**
 * The part of the client's options that desktop and web share.
 *
 * @param place where the extension runs
 */
export function clientOptions(log: LogOutputChannel, place: Place): LanguageClientOptions {
  return {
    documentSelector: [{ language: LANGUAGE }],
    outputChannel: log,
    traceOutputChannel: log,
    diagnosticCollectionName: LANGUAGE,
    // Asked at each start: the server starts again when trust is given.
    initializationOptions: () => ({
      disk: workspace.isTrusted,
      commands: place === 'machine' && workspace.isTrusted ? ['travel.render'] : [],
    }),
    middleware: linkToPages,
  };
}

/**
 * Starts the server, shows its state, and starts it again when the folder becomes trusted. A server that does not start
 * costs no command: all but the language's own go on.
 */
export async function startLanguage(
  context: ExtensionContext,
  client: BaseLanguageClient,
  log: LogOutputChannel,
): Promise<void> {
  const status = createServerStatus();
  status.show(State.Starting);
  context.subscriptions.push(
    status,
    client,
    registerPaste(client),
    registerPages(context.extensionUri),
    client.onDidChangeState(({ newState }) => status.show(newState)),
    workspace.onDidGrantWorkspaceTrust(() => restart(client, log)),
  );
  await client.start().catch((error: unknown) => reportFailure(log, error));
}

/** Ends the server, if it runs, and starts it afresh. */
export async function restart(client: BaseLanguageClient, log: LogOutputChannel): Promise<void> {
  log.info('Restarting the language server.');
  try {
    if (client.state === State.Running) await client.stop();
    await client.start();
  } catch (error) {
    reportFailure(log, error);
  }
}

function reportFailure(log: LogOutputChannel, error: unknown): void {
  log.error(`The language server did not start: ${messageOf(error)}`);
  void window
    .showErrorMessage('The language server of Prompt Travel did not start, so files are not checked.', 'Show Log')
    .then((answer) => {
      if (answer) log.show(true);
    });
}
