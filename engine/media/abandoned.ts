import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writerOf } from '../../plan/partial-files.ts';

/** Longer than a file takes to be written. */
const ABANDONED_MS = 60 * 60 * 1000;

/** Removes outputs that processes of this computer were writing when they were killed with the one that started them. */
export async function removeAbandoned(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const pid = writerOf(name);
    if (pid === null || isAlive(pid)) continue;
    const path = join(folder, name);
    // On a shared folder, the process may run on another computer.
    const { mtimeMs } = await lstat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs < ABANDONED_MS) continue;
    await rm(path, { recursive: true, force: true }).catch((error: Error) =>
      console.error(`Could not remove ${path}: ${error.message}`),
    );
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It may be another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
