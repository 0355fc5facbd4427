import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../library/cache-folder.ts';
import { JOB_QUEUE, JOBS } from '../../protocol/cache-layout.ts';

/** Whether renders may run, or wait to be continued. Cheap, because every window asks when it starts. */
export function hasUnfinishedRenders(): boolean {
  return existsSync(join(cacheFolder(), JOBS, JOB_QUEUE));
}
