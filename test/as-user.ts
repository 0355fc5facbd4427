import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The address of a module of the project, for a script of another process. @param path from the root */
export const moduleAt = (path: string): string =>
  JSON.stringify(pathToFileURL(resolve(import.meta.dirname, '..', path)).href);

/**
 * What a script prints as JSON for a user who is not root, whom permissions stop.
 *
 * @param folder what the user may enter, although a test has created it
 */
export function asUser(folder: string, script: string): unknown {
  chmodSync(folder, 0o755);
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    ...(process.getuid?.() === 0 && { uid: 65534, gid: 65534 }),
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}
