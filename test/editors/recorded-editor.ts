import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  ConfigurationRequest,
  type Diagnostic,
  DiagnosticRefreshRequest,
  DidChangeConfigurationNotification,
  DocumentDiagnosticRequest,
  InitializedNotification,
  type InitializeParams,
  InitializeRequest,
  type InitializeResult,
  LogMessageNotification,
  PublishDiagnosticsNotification,
  RegistrationRequest,
} from 'vscode-languageserver/node';
import { z } from 'zod';
import type { ServerHost } from '../../server/hosts/server-host.ts';
import { type Editor, editorInProcess } from '../server/editor.ts';
import { URI } from '../server/hosts.ts';

/**
 * What an editor sends when it is set up as in docs/editors.md: recorded from the editor on that day, with folders
 * renamed; or, if `recorded` is null, assembled from its source, as far as the server reads it.
 */
const Recording = z.object({
  editor: z.string(),
  recorded: z.iso.date().nullable(),
  initialize: z.custom<InitializeParams>((value) => z.object({ capabilities: z.object({}) }).safeParse(value).success),
  /** Its answer to `workspace/configuration` of the section `travel`. */
  configuration: z.array(z.unknown()),
  /** `settings` of the `workspace/didChangeConfiguration` that follows `initialized`. */
  didChangeConfiguration: z.unknown(),
});
export type Recording = z.output<typeof Recording>;

/** By the name of their files. */
export const RECORDINGS: ReadonlyMap<string, Recording> = new Map(
  readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.json'))
    .map((file) => [
      basename(file, '.json'),
      Recording.parse(JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8'))),
    ]),
);

/** An editor that starts, answers and shows problems as the recorded one does. */
export class RecordedEditor {
  readonly editor: Editor;
  readonly #recording: Recording;
  readonly #log: string[] = [];
  #watchers: readonly unknown[] | null = null;
  #configuration: readonly unknown[];
  readonly #asking = new Set<Promise<void>>();
  #shown: readonly Diagnostic[] | null = null;
  #heard = () => {};

  /** @param options.watches false: it fails at watching files */
  constructor(recording: Recording, host: ServerHost, { watches = true }: { readonly watches?: boolean } = {}) {
    this.#recording = recording;
    this.#configuration = recording.configuration;
    this.editor = editorInProcess(host);
    const { connection } = this.editor;
    connection.onRequest(ConfigurationRequest.type, () => [...this.#configuration]);
    connection.onRequest(RegistrationRequest.type, ({ registrations }) => {
      for (const { method, registerOptions } of registrations) {
        if (method !== 'workspace/didChangeWatchedFiles') continue;
        const { watchers } = z.object({ watchers: z.array(z.unknown()) }).parse(registerOptions);
        this.#watchers = watchers;
        this.#heard();
        if (!watches) throw new Error('Internal error');
      }
    });
    connection.onNotification(LogMessageNotification.type, ({ message }) => {
      this.#log.push(message);
      this.#heard();
    });
    connection.onNotification(PublishDiagnosticsNotification.type, ({ diagnostics }) => this.#show(diagnostics));
    // Editors answer first, and then request diagnostics again.
    connection.onRequest(DiagnosticRefreshRequest.type, () => this.#pull());
  }

  get pulls(): boolean {
    return this.#recording.initialize.capabilities.textDocument?.diagnostic !== undefined;
  }

  /** Starts the server and opens a document without waiting in between, as editors do. */
  async start(text: string): Promise<InitializeResult> {
    const { connection } = this.editor;
    const result = await connection.sendRequest(InitializeRequest.type, this.#recording.initialize);
    await connection.sendNotification(InitializedNotification.type, {});
    await connection.sendNotification(DidChangeConfigurationNotification.type, {
      settings: this.#recording.didChangeConfiguration,
    });
    await this.editor.open(URI, text);
    if (this.pulls) this.#pull();
    return result;
  }

  /** The user changes the settings under `travel`. */
  async configure(travel: unknown): Promise<void> {
    this.#configuration = [travel];
    await this.editor.connection.sendNotification(DidChangeConfigurationNotification.type, { settings: { travel } });
  }

  /** The problems on the screen, once `wanted` accepts them. */
  shown(wanted: (diagnostics: readonly Diagnostic[]) => boolean): Promise<readonly Diagnostic[]> {
    return this.#until(() => (this.#shown && wanted(this.#shown) ? this.#shown : null));
  }

  /** The watchers that were registered last. */
  watched(): Promise<readonly unknown[]> {
    return this.#until(() => this.#watchers);
  }

  logged(message: string): Promise<string> {
    return this.#until(() => this.#log.find((line) => line.includes(message)) ?? null);
  }

  /** Ends the connection when all of its requests are answered. */
  async end(): Promise<void> {
    while (this.#asking.size > 0) await Promise.all(this.#asking);
    this.editor.connection.dispose();
  }

  #until<T>(seen: () => T | null): Promise<T> {
    return new Promise((resolve) => {
      this.#heard = () => {
        const now = seen();
        if (now !== null) resolve(now);
      };
      this.#heard();
    });
  }

  #pull(): void {
    const asking = this.editor.connection
      .sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri: URI } })
      .then((report) => {
        this.#asking.delete(asking);
        if (report.kind === 'full') this.#show(report.items);
      });
    this.#asking.add(asking);
  }

  #show(diagnostics: readonly Diagnostic[]): void {
    this.#shown = diagnostics;
    this.#heard();
  }
}
