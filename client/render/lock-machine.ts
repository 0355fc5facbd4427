import type { ExtensionContext } from 'vscode';
import { LocalEngine } from '../../rendering/local-engine.ts';
import type { LockMachine } from '../../rendering/lock-file.ts';
import { editorCacheFolder } from '../machine.ts';

/** A process that hashes models ends soon after the last one. */
const IDLE_MS = 30_000;

/** What computes the pixels of renders. Its process is not the one that renders, which does nothing else meanwhile. */
export function lockMachine(context: ExtensionContext): LockMachine {
  const engine = new LocalEngine({
    entry: context.asAbsolutePath('dist/engine.js'),
    cacheFolder: editorCacheFolder(),
    idleMs: IDLE_MS,
  });
  context.subscriptions.push({ dispose: () => engine.stop() });
  return { version: String(context.extension.packageJSON.version), engine };
}
