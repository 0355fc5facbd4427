import { homedir } from 'node:os';
import { join } from 'node:path';
import { CACHE_NAME, thisMachine } from './machine.ts';

/**
 * The folder for data that can be created again: the one that is set on this computer, else the system's (XDG Base
 * Directory; Apple's and Microsoft's guidelines).
 */
export function cacheFolder(environment = process.env, platform = process.platform): string {
  const set = thisMachine({ environment }).machine.cacheFolder;
  if (set !== null) return set;
  const home = homedir();
  const base =
    platform === 'win32'
      ? (environment.LOCALAPPDATA ?? join(home, 'AppData', 'Local'))
      : platform === 'darwin'
        ? join(home, 'Library', 'Caches')
        : environment.XDG_CACHE_HOME || join(home, '.cache');
  return join(base, CACHE_NAME);
}
