import type { Disposable } from 'vscode';
import { sourcesOf } from '../../exchange/sources.ts';
import { importableFile } from '../../rendering/importable-file.ts';
import { LocalEngine } from '../../rendering/local-engine.ts';
import { type ReadFile, readThroughEditor } from './read-file.ts';

/** A process that reads images and videos ends soon after the last one. */
const IDLE_MS = 30_000;

/**
 * Reads files of this computer, also images and videos, in the engine's process.
 *
 * @param entry absolute path of the engine's program, `dist/engine.js`
 */
export function readOnMachine(entry: string): Disposable & { readonly read: ReadFile } {
  let engine: LocalEngine | undefined;
  const started = () => {
    engine ??= new LocalEngine({ entry, cacheFolder: null, idleMs: IDLE_MS });
    return engine;
  };
  return {
    read: async (uri) =>
      uri.scheme === 'file' ? sourcesOf(await importableFile(uri.fsPath, started)) : readThroughEditor(uri),
    dispose: () => engine?.stop(),
  };
}
