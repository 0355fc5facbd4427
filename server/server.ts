import { type Connection, TextDocuments } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { CAPABILITIES } from './capabilities.ts';
import { type Client, clientOf, UNKNOWN_CLIENT } from './client.ts';
import { OpenDocuments } from './documents/open-documents.ts';
import { DiagnosticsFeed } from './features/diagnostics-feed.ts';
import type { ServerHost } from './hosts/server-host.ts';
import { answerRefusals } from './lifecycle.ts';
import { answerPreviewRequests } from './preview-requests.ts';
import { answerRequests } from './requests.ts';
import { followWorkspace } from './workspace.ts';

/**
 * Serves `.travel` files over a connection until it is closed. Everything that depends on the machine is the host's.
 */
export function startServer(connection: Connection, host: ServerHost): void {
  const sources = new TextDocuments(TextDocument);
  const documents = new OpenDocuments(host);
  let client: Client = UNKNOWN_CLIENT;
  /** The folder of the codes' documentation, for a client that links to it. */
  const pages = () => (client.linksCodes ? host.pages : null);
  const feed = new DiagnosticsFeed(connection, documents, () => ({
    pulls: client.pullsDiagnostics,
    refreshes: client.refreshesDiagnostics,
    pages: pages(),
  }));

  connection.onInitialize((params) => {
    client = clientOf(params);
    if (!client.options.disk) host.closeDisk();
    host.openFolders(params.workspaceFolders?.map(({ uri }) => uri) ?? (params.rootUri ? [params.rootUri] : []));
    return { capabilities: CAPABILITIES, serverInfo: { name: 'Prompt Travel' } };
  });
  const { fileChanged } = followWorkspace(connection, host, () => client, {
    uris: () => documents.uris,
    filesChanged() {
      documents.filesChanged();
      feed.filesKnown();
      return feed.refresh();
    },
    async configured() {
      if (feed.areFilesKnown) return;
      feed.filesKnown();
      await feed.refresh();
    },
  });
  sources.onDidOpen(({ document }) => documents.open(document));
  sources.onDidChangeContent(({ document: { uri } }) => {
    feed.changed(uri);
    if (documents.isExtended(uri)) fileChanged(uri);
  });
  sources.onDidClose(({ document: { uri } }) => {
    documents.close(uri);
    feed.closed(uri);
    if (documents.isExtended(uri)) fileChanged(uri);
  });
  answerRequests(connection, documents, host, feed, () => ({
    commands: new Set(client.options.commands),
    pages: pages(),
    showsMarkdown: client.showsMarkdown,
  }));
  answerPreviewRequests(connection, documents, host, feed);
  answerRefusals(connection);
  sources.listen(connection);
  connection.listen();
}
