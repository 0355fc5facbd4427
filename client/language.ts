import * as l10n from '@vscode/l10n';
import { type ExtensionContext, type LogOutputChannel, window, workspace } from 'vscode';
import { type BaseLanguageClient, type LanguageClientOptions, State } from 'vscode-languageclient';
import { messageOf } from '../plan/message-of.ts';
import { LANGUAGE } from './language-id.ts';
import { linkToPages, registerPages } from './pages.ts';
import { registerPaste } from './paste.ts';
import { createServerStatus } from './status.ts';

/** Where the extension runs. Only a machine can render. */
export type Place = 'machine' | 'browser';

/** Client options that desktop and web share. */
export function clientOptions(log: LogOutputChannel, place: Place): LanguageClientOptions {
  return {
    documentSelector: [{ language: LANGUAGE }],
    outputChannel: log,
    traceOutputChannel: log,
    diagnosticCollectionName: LANGUAGE,
    // Evaluated at each start: the server restarts when the folder becomes trusted.
    initializationOptions: () => ({
      disk: workspace.isTrusted,
      commands: [
        'editor.action.triggerSuggest',
        'travel.changeLength',
        'travel.shiftKeys',
        'travel.distributeKeys',
        'travel.reverseKeys',
        'travel.offerNotes',
        ...(place === 'machine' ? ['travel.chooseModelFolders'] : []),
        ...(place === 'machine' && workspace.isTrusted ? ['travel.render', 'travel.previewFrame'] : []),
      ],
    }),
    middleware: linkToPages,
  };
}

/**
 * Starts the server, shows its state, and restarts it when the folder becomes trusted. If it cannot start, the commands
 * that do not need it still work.
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

/** Stops the server if it is running, and starts it. */
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
  log.error(`The language server could not be started: ${messageOf(error)}`);
  void window
    .showErrorMessage(
      l10n.t('The Prompt Travel language server could not be started, so files are not checked.'),
      l10n.t('Show Log'),
    )
    .then((answer) => {
      if (answer) log.show(true);
    });
}
