import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { PassThrough } from 'node:stream';
import {
  type Connection,
  createConnection,
  createProtocolConnection,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DocumentDiagnosticRequest,
  ExitNotification,
  InitializedNotification,
  type InitializeParams,
  InitializeRequest,
  type InitializeResult,
  type ProtocolConnection,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type TextDocumentContentChangeEvent,
} from 'vscode-languageserver/node';
import type { ServerHost } from '../../server/hosts/server-host.ts';
import { Lifecycle } from '../../server/lifecycle.ts';
import { startServer } from '../../server/server.ts';
import { URI } from './hosts.ts';

/** A minimal client over a real connection. */
export class Editor {
  readonly connection: ProtocolConnection;
  #version = 0;

  constructor(input: Readable, output: Writable) {
    this.connection = createProtocolConnection(new StreamMessageReader(input), new StreamMessageWriter(output));
    this.connection.listen();
  }

  async initialize(
    capabilities: InitializeParams['capabilities'] = { textDocument: { diagnostic: {} } },
    initializationOptions: unknown = undefined,
    rootUri: string | null = null,
  ): Promise<InitializeResult> {
    const result = await this.connection.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      rootUri,
      capabilities,
      initializationOptions,
    });
    await this.connection.sendNotification(InitializedNotification.type, {});
    return result;
  }

  open(uri: string, text: string): Promise<void> {
    const textDocument = { uri, languageId: 'travel', version: ++this.#version, text };
    return this.connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument });
  }

  change(uri: string, ...contentChanges: TextDocumentContentChangeEvent[]): Promise<void> {
    const textDocument = { uri, version: ++this.#version };
    return this.connection.sendNotification(DidChangeTextDocumentNotification.type, { textDocument, contentChanges });
  }

  close(uri: string): Promise<void> {
    return this.connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri } });
  }

  async shutdown(): Promise<void> {
    await this.connection.sendRequest(ShutdownRequest.type);
    await this.connection.sendNotification(ExitNotification.type);
  }
}

/**
 * A server in this process, connected by streams.
 *
 * @param host a host that sends requests to the client is made from the connection
 */
export function editorInProcess(host: ServerHost | ((connection: Connection) => ServerHost)): Editor {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  const connection = createConnection(new StreamMessageReader(toServer), new StreamMessageWriter(toClient), {
    messageStrategy: new Lifecycle(),
  });
  startServer(connection, typeof host === 'function' ? host(connection) : host);
  return new Editor(toClient, toServer);
}

/** The server as editors start it. */
export function editorOfProcess(command: string, args: readonly string[]): { editor: Editor; server: ChildProcess } {
  const server = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  return { editor: new Editor(server.stdout, server.stdin), server };
}

/** The codes of a document’s diagnostics, which a client asks for. */
export async function pulledCodes(editor: Editor): Promise<unknown[]> {
  const report = await editor.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri: URI } });
  return report.kind === 'full' ? report.items.map(({ code }) => code) : ['unchanged'];
}
