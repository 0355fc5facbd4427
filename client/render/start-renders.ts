import type { ExtensionContext, LogOutputChannel } from 'vscode';
import { cacheFolder } from '../../library/cache-folder.ts';
import { LocalEngine } from '../../rendering/local-engine.ts';
import { Renders } from './renders.ts';

/** The renders of this window, on the engine that the extension includes. */
export function startRenders(context: ExtensionContext, log: LogOutputChannel): Renders {
  const entry = context.asAbsolutePath('dist/engine.js');
  const engine = new LocalEngine({ entry, mode: 'lean', cacheFolder: cacheFolder() });
  const renders = new Renders(engine, log);
  context.subscriptions.push(renders, { dispose: () => engine.stop() });
  return renders;
}
