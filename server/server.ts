import {
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type Disposable,
  type InitializeParams,
  TextDocuments,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { z } from 'zod';
import { InitializationOptions, readConfiguration } from './configuration.ts';
import { type DiagnosticsClient, DiagnosticsFeed } from './diagnostics-feed.ts';
import { OpenDocuments } from './documents.ts';
import type { ServerHost } from './host.ts';
import { answerRequests, CAPABILITIES } from './providers.ts';

/** What the client said of itself; before it has spoken, that it can do nothing. */
interface Client {
  readonly options: InitializationOptions;
  readonly diagnostics: DiagnosticsClient;
  readonly sendsConfiguration: boolean;
  readonly registersConfiguration: boolean;
  readonly watchesFiles: boolean;
  readonly relativePatterns: boolean;
}

/** Serves `.travel` files over a connection until it is closed. Knows no editor and no file system: `host` does. */
export function startServer(connection: Connection, host: ServerHost): void {
  const sources = new TextDocuments(TextDocument);
  const documents = new OpenDocuments(host);
  let client = clientOf({ capabilities: {}, processId: null, rootUri: null });
  let feed = new DiagnosticsFeed(connection, documents, client.diagnostics);
  let watching: Disposable | null = null;

  connection.onInitialize((params) => {
    client = clientOf(params);
    feed = new DiagnosticsFeed(connection, documents, client.diagnostics);
    return { capabilities: CAPABILITIES, serverInfo: { name: 'Prompt Travel' } };
  });

  const report = (reasons: readonly string[]) => {
    for (const reason of reasons) connection.console.warn(reason);
  };

  /** Takes over the settings; what documents name may now be somewhere else. */
  const configure = async (sent: unknown) => {
    const current: unknown = client.sendsConfiguration ? await connection.workspace.getConfiguration('travel') : sent;
    const read = readConfiguration(client.options, current);
    if (!read.ok) return report([read.reason]);
    report(await host.configure(read.configuration));
    if (client.watchesFiles) {
      watching?.dispose();
      const watchers = host.watched().map(({ folder, glob }) => ({
        globPattern: folder && client.relativePatterns ? { baseUri: folder, pattern: glob } : glob,
      }));
      watching = await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
    }
    documents.filesChanged();
    await feed.filesChanged();
  };

  /** A notification has no answer to put a failure into. */
  const logged = (work: Promise<void>) =>
    work.catch((error: unknown) => connection.console.error(error instanceof Error ? error.message : String(error)));

  const begin = async () => {
    if (client.registersConfiguration) {
      await connection.client.register(DidChangeConfigurationNotification.type, { section: 'travel' });
    }
    await configure(undefined);
  };
  connection.onInitialized(() => logged(begin()));
  connection.onDidChangeConfiguration(({ settings }) =>
    logged(configure(z.object({ travel: z.unknown() }).safeParse(settings).data?.travel)),
  );
  const lookAgain = async (uris: readonly string[]) => {
    // Texts are read when a document names them; only models are listed beforehand, and that may take a while.
    if (!uris.every((uri) => /\.(?:travel|txt)$/i.test(uri))) report(await host.rescan());
    documents.filesChanged();
    await feed.filesChanged();
  };
  connection.onDidChangeWatchedFiles(({ changes }) => logged(lookAgain(changes.map(({ uri }) => uri))));

  sources.onDidOpen(({ document }) => documents.open(document));
  sources.onDidChangeContent(({ document }) => feed.changed(document.uri));
  sources.onDidClose(({ document: { uri } }) => {
    documents.close(uri);
    feed.closed(uri);
  });
  connection.languages.diagnostics.on(({ textDocument: { uri }, previousResultId }, token) =>
    feed.pull(uri, previousResultId, token),
  );
  answerRequests(connection, documents, host, () => new Set(client.options.commands));
  sources.listen(connection);
  connection.listen();
}

function clientOf({ capabilities, initializationOptions }: InitializeParams): Client {
  const { textDocument, workspace } = capabilities;
  return {
    // Options of another shape are those of an editor that means something else by them.
    options: InitializationOptions.safeParse(initializationOptions ?? {}).data ?? { commands: [] },
    diagnostics: {
      pulls: textDocument?.diagnostic !== undefined,
      refreshes: workspace?.diagnostics?.refreshSupport ?? false,
    },
    sendsConfiguration: workspace?.configuration ?? false,
    registersConfiguration: workspace?.didChangeConfiguration?.dynamicRegistration ?? false,
    watchesFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration ?? false,
    relativePatterns: workspace?.didChangeWatchedFiles?.relativePatternSupport ?? false,
  };
}
