import {
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type Disposable,
} from 'vscode-languageserver';
import { z } from 'zod';
import { messageOf } from '../plan/message-of.ts';
import { MODEL_ENDING } from '../plan/model.ts';
import { isNetworkFile } from '../plan/network-annotators.ts';
import type { Client } from './client.ts';
import { readConfiguration } from './configuration.ts';
import type { ServerHost, WildcardFolders } from './hosts/server-host.ts';

/**
 * A download, a build or a checkout changes many files within a moment: the server waits until nothing changes for this
 * long,
 */
const QUIET_MS = 200;
/** but not longer than this. */
const LONGEST_WAIT_MS = 3000;

interface WorkspaceEvents {
  /** The open documents. */
  readonly uris: () => readonly string[];
  /** Called when answers about files may be different from before. */
  readonly filesChanged: () => Promise<void>;
  /** Called once the settings were requested for the first time, even if they are not valid. */
  readonly configured: () => Promise<void>;
}

/**
 * Follows the user's settings and the files that documents name.
 *
 * @returns `fileChanged`: to be called if a file changes that is not watched, as open documents are not
 */
export function followWorkspace(
  connection: Connection,
  host: ServerHost,
  client: () => Client,
  { uris, filesChanged, configured: firstConfigured }: WorkspaceEvents,
): { readonly fileChanged: (uri: string) => void } {
  let watching: Disposable | null = null;
  let configuring = Promise.resolve();
  /** The settings in force, as JSON. */
  let configured: string | null = null;

  const warn = (reasons: readonly string[]) => {
    for (const reason of reasons) connection.console.warn(reason);
  };

  /** For notifications, which have no answer that could carry the error. */
  const logged = (work: Promise<void>) => work.catch((error: unknown) => connection.console.error(messageOf(error)));

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

  /** Asks for the settings of each document once: a workspace folder can have its own. */
  const foldersByDocument = (fallback: readonly string[]): WildcardFolders => {
    const known = new Map<string, Promise<readonly string[]>>();
    const ask = async (scopeUri: string) => {
      try {
        const current: unknown = await connection.workspace.getConfiguration({ scopeUri, section: 'travel' });
        const read = readConfiguration(client().options, current);
        if (read.ok) return read.configuration.wildcardFolders;
        warn([read.reason]);
      } catch (error) {
        warn([`The settings of ${scopeUri} cannot be read (${messageOf(error)}). Those of the workspace are used.`]);
      }
      return fallback;
    };
    return (uri) => {
      const folders = known.get(uri) ?? ask(uri);
      known.set(uri, folders);
      return folders;
    };
  };

  const configure = async (sent: unknown) => {
    const asks = client().sendsConfiguration;
    const current: unknown = asks ? await connection.workspace.getConfiguration('travel') : sent;
    const read = readConfiguration(client().options, current);
    if (!read.ok) return warn([read.reason]);
    const { wildcardFolders } = read.configuration;
    const foldersOf = asks ? foldersByDocument(wildcardFolders) : async () => wildcardFolders;
    const wanted = JSON.stringify([read.configuration, await Promise.all(uris().map(foldersOf))]);
    if (wanted === configured) return;
    warn(await host.configure(read.configuration, foldersOf));
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
    try {
      if (client().registersConfiguration) {
        await connection.client.register(DidChangeConfigurationNotification.type, { section: 'travel' });
      }
      await configureNext(undefined);
    } finally {
      await firstConfigured();
    }
  };

  let timer: NodeJS.Timeout | number | undefined;
  let firstChange: number | null = null;
  let modelsChanged = false;

  const refresh = async () => {
    const rescans = modelsChanged;
    modelsChanged = false;
    firstChange = null;
    // Only models are listed in advance, which may take a while. Other files are read when a document names them.
    if (rescans) warn(await host.rescan());
    await filesChanged();
  };

  const refreshSoon = (changed: readonly string[]) => {
    modelsChanged ||= changed.some((uri) => MODEL_ENDING.test(uri) || isNetworkFile(uri));
    firstChange ??= performance.now();
    const left = firstChange + LONGEST_WAIT_MS - performance.now();
    clearTimeout(timer);
    timer = setTimeout(() => logged(refresh()), Math.max(0, Math.min(QUIET_MS, left)));
  };

  connection.onInitialized(() => logged(start()));
  connection.onDidChangeConfiguration(({ settings }) =>
    configureNext(z.object({ travel: z.unknown() }).safeParse(settings).data?.travel),
  );
  connection.onDidChangeWatchedFiles(({ changes }) => refreshSoon(changes.map(({ uri }) => uri)));
  return { fileChanged: (uri) => refreshSoon([uri]) };
}
