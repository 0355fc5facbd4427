import {
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type Disposable,
  type InitializeParams,
  MarkupKind,
  TextDocuments,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { z } from 'zod';
import { MODEL_ENDING } from '../plan/model.ts';
import { InitializationOptions, readConfiguration } from './configuration.ts';
import { OpenDocuments } from './documents/open-documents.ts';
import { type DiagnosticsClient, DiagnosticsFeed } from './features/diagnostics-feed.ts';
import type { ServerHost } from './hosts/server-host.ts';
import { answerRequests, CAPABILITIES } from './requests.ts';

/** What the client said of itself; before it has spoken, that it can do nothing. */
interface Client {
  readonly options: InitializationOptions;
  readonly diagnostics: DiagnosticsClient;
  readonly markdown: boolean;
  readonly sendsConfiguration: boolean;
  readonly registersConfiguration: boolean;
  readonly watchesFiles: boolean;
  readonly relativePatterns: boolean;
}

/** Serves `.travel` files over a connection until it is closed. Knows no editor and no file system: `host` does. */
export function startServer(connection: Connection, host: ServerHost): void {
  const sources = new TextDocuments(TextDocument);
  const documents = new OpenDocuments(host);
  let client = clientOf({ capabilities: {}, processId: null, rootUri: null }, host);
  let feed = new DiagnosticsFeed(connection, documents, client.diagnostics);
  let watching: Disposable | null = null;
  let configuring = Promise.resolve();
  /** The settings in force, as JSON. */
  let configured: string | null = null;

  connection.onInitialize((params) => {
    client = clientOf(params, host);
    feed = new DiagnosticsFeed(connection, documents, client.diagnostics);
    if (!client.options.disk) host.closeDisk();
    return { capabilities: CAPABILITIES, serverInfo: { name: 'Prompt Travel' } };
  });

  const report = (reasons: readonly string[]) => {
    for (const reason of reasons) connection.console.warn(reason);
  };

  /** A notification has no answer to put a failure into. */
  const logged = (work: Promise<void>) =>
    work.catch((error: unknown) => connection.console.error(error instanceof Error ? error.message : String(error)));

  const tellUnwatched = (error: Error) =>
    report([
      `Files cannot be watched (${error.message}), so a new model is seen when the settings change or at the start.`,
    ]);

  const watch = async () => {
    watching?.dispose();
    watching = null;
    const patterns = host
      .watched()
      .map(({ folder, glob }) => (folder && client.relativePatterns ? { baseUri: folder, pattern: glob } : glob));
    const each = new Map(patterns.map((pattern) => [JSON.stringify(pattern), pattern])).values();
    const watchers = [...each].map((globPattern) => ({ globPattern }));
    watching = await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
  };

  /** Takes over the settings; what documents name may now be somewhere else. */
  const configure = async (sent: unknown) => {
    const current: unknown = client.sendsConfiguration ? await connection.workspace.getConfiguration('travel') : sent;
    const read = readConfiguration(client.options, current);
    if (!read.ok) return report([read.reason]);
    const wanted = JSON.stringify(read.configuration);
    if (wanted === configured) return;
    report(await host.configure(read.configuration));
    configured = wanted;
    documents.filesChanged();
    await feed.filesChanged();
    // Last, because a client may fail at it: Emacs does in a folder whose files Git cannot list.
    if (client.watchesFiles) await watch().catch(tellUnwatched);
  };
  /** One after the other: most editors send their settings at the start, when the server asks for them as well. */
  const configureNext = (sent: unknown) => {
    configuring = configuring.then(() => logged(configure(sent)));
    return configuring;
  };

  const begin = async () => {
    if (client.registersConfiguration) {
      await connection.client.register(DidChangeConfigurationNotification.type, { section: 'travel' });
    }
    await configureNext(undefined);
  };
  connection.onInitialized(() => logged(begin()));
  connection.onDidChangeConfiguration(({ settings }) =>
    configureNext(z.object({ travel: z.unknown() }).safeParse(settings).data?.travel),
  );
  const lookAgain = async (uris: readonly string[]) => {
    // Other files are looked at when a document names them; only models are listed beforehand, and that may take a while.
    if (uris.some((uri) => MODEL_ENDING.test(uri))) report(await host.rescan());
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
  answerRequests(connection, documents, host, () => ({
    commands: new Set(client.options.commands),
    pages: client.diagnostics.pages,
    markdown: client.markdown,
  }));
  sources.listen(connection);
  connection.listen();
}

/** Helix, and others that describe themselves by the same library, leave an `s` out. */
const Misspelt = z.object({ diagnostic: z.object({ refreshSupport: z.boolean().optional() }).optional() }).catch({});

function clientOf({ capabilities, initializationOptions }: InitializeParams, { pages }: ServerHost): Client {
  const { textDocument, workspace } = capabilities;
  return {
    // Options of another shape are those of an editor that means something else by them.
    options: InitializationOptions.safeParse(initializationOptions ?? {}).data ?? InitializationOptions.parse({}),
    diagnostics: {
      pulls: textDocument?.diagnostic !== undefined,
      refreshes: (workspace?.diagnostics ?? Misspelt.parse(workspace).diagnostic)?.refreshSupport ?? false,
      pages: textDocument?.publishDiagnostics?.codeDescriptionSupport ? pages : null,
    },
    // Asked of hover alone: of completion, Helix and Emacs do not say it.
    markdown: textDocument?.hover?.contentFormat?.includes(MarkupKind.Markdown) ?? true,
    sendsConfiguration: workspace?.configuration ?? false,
    registersConfiguration: workspace?.didChangeConfiguration?.dynamicRegistration ?? false,
    watchesFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration ?? false,
    relativePatterns: workspace?.didChangeWatchedFiles?.relativePatternSupport ?? false,
  };
}
