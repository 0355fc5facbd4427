import {
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type Disposable,
} from 'vscode-languageserver';
import { z } from 'zod';
import { MODEL_ENDING } from '../plan/model.ts';
import type { Client } from './client.ts';
import { readConfiguration } from './configuration.ts';
import type { ServerHost } from './hosts/server-host.ts';

/**
 * Follows the user's settings and the files that documents name.
 *
 * @param filesChanged called when answers about files may be different from before
 */
export function followWorkspace(
  connection: Connection,
  host: ServerHost,
  client: () => Client,
  { filesChanged }: { readonly filesChanged: () => Promise<void> },
): void {
  let watching: Disposable | null = null;
  let configuring = Promise.resolve();
  /** The settings in force, as JSON. */
  let configured: string | null = null;

  const warn = (reasons: readonly string[]) => {
    for (const reason of reasons) connection.console.warn(reason);
  };

  /** For notifications, which have no answer that could carry the error. */
  const logged = (work: Promise<void>) =>
    work.catch((error: unknown) => connection.console.error(error instanceof Error ? error.message : String(error)));

  const watch = async () => {
    watching?.dispose();
    watching = null;
    const patterns = host
      .watched()
      .map(({ folder, glob }) => (folder && client().relativePatterns ? { baseUri: folder, pattern: glob } : glob));
    const each = new Map(patterns.map((pattern) => [JSON.stringify(pattern), pattern])).values();
    const watchers = [...each].map((globPattern) => ({ globPattern }));
    watching = await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
  };

  const configure = async (sent: unknown) => {
    const current: unknown = client().sendsConfiguration ? await connection.workspace.getConfiguration('travel') : sent;
    const read = readConfiguration(client().options, current);
    if (!read.ok) return warn([read.reason]);
    const wanted = JSON.stringify(read.configuration);
    if (wanted === configured) return;
    warn(await host.configure(read.configuration));
    configured = wanted;
    await filesChanged();
    if (!client().watchesFiles) return;
    // Last, because it may fail in the client: Emacs fails in a folder whose files Git cannot list.
    await watch().catch((error: Error) =>
      warn([
        `Files cannot be watched (${error.message}). New models are found at the next start or when the settings change.`,
      ]),
    );
  };

  /** One at a time: most editors send their settings at the start, while the server requests them as well. */
  const configureNext = (sent: unknown) => {
    configuring = configuring.then(() => logged(configure(sent)));
    return configuring;
  };

  const start = async () => {
    if (client().registersConfiguration) {
      await connection.client.register(DidChangeConfigurationNotification.type, { section: 'travel' });
    }
    await configureNext(undefined);
  };

  const refresh = async (uris: readonly string[]) => {
    // Only models are listed in advance, which may take a while. Other files are read when a document names them.
    if (uris.some((uri) => MODEL_ENDING.test(uri))) warn(await host.rescan());
    await filesChanged();
  };

  connection.onInitialized(() => logged(start()));
  connection.onDidChangeConfiguration(({ settings }) =>
    configureNext(z.object({ travel: z.unknown() }).safeParse(settings).data?.travel),
  );
  connection.onDidChangeWatchedFiles(({ changes }) => logged(refresh(changes.map(({ uri }) => uri))));
}
