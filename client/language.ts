import { type ExtensionContext, type LogOutputChannel, window, workspace } from 'vscode';
import {
  type BaseLanguageClient,
  type ConfigurationMiddleware,
  type LanguageClientOptions,
  State,
} from 'vscode-languageclient';
import { messageOf } from './log.ts';
import { createServerStatus } from './status.ts';

export const LANGUAGE = 'travel';

/** Settings that make the server read the disk. */
const READS_DISK = ['modelFolders', 'wildcardFolders'];

/**
 * The part of the client's options that desktop and web share.
 *
 * @param commands of those that the server may offer in the text, the ones that can be carried out here
 */
export function clientOptions(log: LogOutputChannel, commands: readonly string[]): LanguageClientOptions {
  return {
    documentSelector: [{ language: LANGUAGE }],
    outputChannel: log,
    traceOutputChannel: log,
    diagnosticCollectionName: LANGUAGE,
    initializationOptions: () => ({ commands: workspace.isTrusted ? commands : [] }),
    middleware: { workspace: { configuration: trustedConfiguration } },
  };
}

/** Answers the server's question for settings; until the folder is trusted, nothing is to be read for its files. */
const trustedConfiguration: NonNullable<ConfigurationMiddleware['configuration']> = async (params, token, next) => {
  const answers = await next(params, token);
  if (workspace.isTrusted || !Array.isArray(answers)) return answers;
  const nothing = Object.fromEntries(READS_DISK.map((name) => [name, []]));
  return answers.map((answer: unknown) => (typeof answer === 'object' ? { ...answer, ...nothing } : answer));
};

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
