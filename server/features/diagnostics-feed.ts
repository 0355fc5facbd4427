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
 * A short check starts at once. A longer one first waits as long as the last one took, so that typing and completion
 * come first, but never longer than this.
 */
const SHORT_CHECK_MS = 100;
const LONGEST_WAIT_MS = 300;

export interface DiagnosticsClient {
  /** Requests diagnostics; otherwise they are sent. */
  readonly pulls: boolean;
  /** Requests diagnostics again when it is asked to; otherwise after its next change. */
  readonly refreshes: boolean;
  /** URI of the folder with a page for each diagnostic code, if the client links to it; else null. */
  readonly pages: string | null;
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/**
 * Delivers diagnostics: clients request them (pull), or get them after each change (push). A newer version of a
 * document replaces an older one that is still waiting.
 */
export class DiagnosticsFeed {
  readonly #connection: Connection;
  readonly #documents: OpenDocuments;
  readonly #client: () => DiagnosticsClient;
  readonly #waiting = new Map<string, NodeJS.Timeout | number>();
  readonly #lastCheckMs = new Map<string, number>();
  /** Part of a result's id, because the same version has other problems when files or the seed have changed. */
  #generation = 0;
  /** Until the folders of the settings are known and listed, models would be reported as missing that are not. */
  readonly #filesKnown = deferred();
  #areFilesKnown = false;
  readonly #refreshed: (() => void)[] = [];

  constructor(connection: Connection, documents: OpenDocuments, client: () => DiagnosticsClient) {
    this.#connection = connection;
    this.#documents = documents;
    this.#client = client;
  }

  changed(uri: string): void {
    if (this.#client().pulls) return;
    clearTimeout(this.#waiting.get(uri));
    this.#waiting.set(
      uri,
      setTimeout(() => {
        this.#waiting.delete(uri);
        this.#push(uri).catch((error: unknown) => this.#connection.console.error(`Checking ${uri} failed: ${error}`));
      }, this.#waitMs(uri)),
    );
  }

  closed(uri: string): void {
    clearTimeout(this.#waiting.get(uri));
    this.#waiting.delete(uri);
    this.#lastCheckMs.delete(uri);
    if (!this.#client().pulls) void this.#connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  /** From now on, what depends on files is reported, too. */
  filesKnown(): void {
    this.#areFilesKnown = true;
    this.#filesKnown.resolve();
  }

  get areFilesKnown(): boolean {
    return this.#areFilesKnown;
  }

  /** @param listener called when files or a seed have changed */
  onRefresh(listener: () => void): void {
    this.#refreshed.push(listener);
  }

  /** Delivers the diagnostics of every document again: files or a seed have changed. */
  async refresh(): Promise<void> {
    this.#generation++;
    for (const listener of this.#refreshed) listener();
    if (this.#client().refreshes) await this.#connection.languages.diagnostics.refresh();
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
      throw new ResponseError(LSPErrorCodes.RequestCancelled, 'The request was canceled.');
    }
    if (!analysis) return { kind: 'full', items: [] };
    const resultId = `${analysis.version}.${this.#generation}`;
    return resultId === previousResultId
      ? { kind: 'unchanged', resultId }
      : { kind: 'full', resultId, items: diagnosticsOf(analysis, this.#client().pages) };
  }

  async #push(uri: string): Promise<void> {
    const analysis = await this.#check(uri, null);
    if (!analysis) return;
    const diagnostics = diagnosticsOf(analysis, this.#client().pages);
    await this.#connection.sendDiagnostics({ uri, version: analysis.version, diagnostics });
  }

  async #check(uri: string, token: CancellationToken | null) {
    const start = performance.now();
    const isCancelled = () => token?.isCancellationRequested ?? false;
    const { pulls, refreshes } = this.#client();
    // A client that never asks again has to wait for everything.
    if (pulls && !refreshes) await this.#filesKnown.promise;
    const analysis = this.#areFilesKnown
      ? await this.#documents.settled(uri, isCancelled)
      : await this.#documents.checkedAlone(uri, isCancelled);
    if (analysis) this.#lastCheckMs.set(uri, performance.now() - start);
    return analysis;
  }

  #waitMs(uri: string): number {
    const last = this.#lastCheckMs.get(uri) ?? 0;
    return last < SHORT_CHECK_MS ? 0 : Math.min(LONGEST_WAIT_MS, last);
  }
}
