import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { Disposable } from 'vscode';
import { makeFolder } from '../../disk/make-folder.ts';
import { JOB_QUEUE, JOBS } from '../../protocol/cache-layout.ts';
import { editorCacheFolder } from '../machine.ts';

/**
 * Watches for renders that run or wait, in whichever window they were started. Cheap, because every window does it.
 *
 * @param onUnfinished is called if there are some now, and whenever their queue changes
 * @param onError is called if the folder can no longer be watched
 * @param cache absolute
 * @throws the system's error if the folder cannot be created or watched
 */
export async function watchUnfinishedRenders(
  onUnfinished: () => void,
  onError: (error: Error) => void,
  cache = editorCacheFolder(),
): Promise<Disposable> {
  const folder = join(cache, JOBS);
  // It may be that nothing was rendered yet.
  await makeFolder(folder);
  const check = () => {
    if (existsSync(join(folder, JOB_QUEUE))) onUnfinished();
  };
  const watcher = watch(folder, check);
  watcher.on('error', onError);
  check();
  return { dispose: () => watcher.close() };
}
