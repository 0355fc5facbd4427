import {
  type CancellationToken,
  type Connection,
  type DocumentDiagnosticReport,
  LSPErrorCodes,
  ResponseError,
} from 'vscode-languageserver';
import type { OpenDocuments } from '../documents/open-documents.ts';
import { diagnosticsOf } from './diagnostics.ts';

/**
 * A check that holds up nothing else, because it is short, begins at once. A longer one waits as long as the last one
 * took, so that typing and completion come first, but not for long.
 */
const SHORT_CHECK_MS = 100;
const LONGEST_WAIT_MS = 300;

export interface DiagnosticsClient {
  /** Asks for diagnostics; otherwise they are sent. */
  readonly pulls: boolean;
  /** Asks again when told to; otherwise with its next change. */
  readonly refreshes: boolean;
  /** Where the page for each code is, for a client that links to it; else null. */
  readonly pages: string | null;
}

/**
 * Brings diagnostics to the client: it asks (pull), or, where it cannot, gets them after each change (push). A newer
 * version of a document takes the place of an older one that is still waiting.
 */
export class DiagnosticsFeed {
  readonly #connection: Connection;
  readonly #documents: OpenDocuments;
  readonly #client: DiagnosticsClient;
  readonly #waiting = new Map<string, NodeJS.Timeout | number>();
  readonly #lastCheckMs = new Map<string, number>();
  /** Part of what identifies a result: the same text means something else when files have changed. */
  #generation = 0;

  constructor(connection: Connection, documents: OpenDocuments, client: DiagnosticsClient) {
    this.#connection = connection;
    this.#documents = documents;
    this.#client = client;
  }

  changed(uri: string): void {
    if (this.#client.pulls) return;
    clearTimeout(this.#waiting.get(uri));
    this.#waiting.set(
      uri,
      setTimeout(() => {
        this.#waiting.delete(uri);
        this.#push(uri).catch((error: unknown) =>
          this.#connection.console.error(`${uri} could not be checked: ${error}`),
        );
      }, this.#waitMs(uri)),
    );
  }

  closed(uri: string): void {
    clearTimeout(this.#waiting.get(uri));
    this.#waiting.delete(uri);
    this.#lastCheckMs.delete(uri);
    if (!this.#client.pulls) void this.#connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  /** Files that documents name have changed. */
  async filesChanged(): Promise<void> {
    this.#generation++;
    if (this.#client.refreshes) await this.#connection.languages.diagnostics.refresh();
    for (const uri of this.#documents.uris) this.changed(uri);
  }

  async pull(
    uri: string,
    previousResultId: string | undefined,
    token: CancellationToken,
  ): Promise<DocumentDiagnosticReport> {
    await new Promise((resolve) => setTimeout(resolve, this.#waitMs(uri)));
    const analysis = await this.#check(uri, token);
    if (token.isCancellationRequested) {
      throw new ResponseError(LSPErrorCodes.RequestCancelled, 'A newer request has taken its place.');
    }
    if (!analysis) return { kind: 'full', items: [] };
    const resultId = `${analysis.version}.${this.#generation}`;
    return resultId === previousResultId
      ? { kind: 'unchanged', resultId }
      : { kind: 'full', resultId, items: diagnosticsOf(analysis, this.#client.pages) };
  }

  async #push(uri: string): Promise<void> {
    const analysis = await this.#check(uri, null);
    if (!analysis) return;
    const diagnostics = diagnosticsOf(analysis, this.#client.pages);
    await this.#connection.sendDiagnostics({ uri, version: analysis.version, diagnostics });
  }

  async #check(uri: string, token: CancellationToken | null) {
    const start = performance.now();
    const analysis = await this.#documents.settled(uri, () => token?.isCancellationRequested ?? false);
    if (analysis) this.#lastCheckMs.set(uri, performance.now() - start);
    return analysis;
  }

  #waitMs(uri: string): number {
    const last = this.#lastCheckMs.get(uri) ?? 0;
    return last < SHORT_CHECK_MS ? 0 : Math.min(LONGEST_WAIT_MS, last);
  }
}
