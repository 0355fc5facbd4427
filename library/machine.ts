import { join, resolve } from 'node:path';
import { type Machine, type MachineSources, resolveMachine } from '../plan/machine.ts';
import { expandHome } from './home.ts';

/** What is set on this computer, with absolute paths of folders. The cache is in a folder of its own. `wrong`: as of `resolveMachine`. */
export function thisMachine(sources: MachineSources): { readonly machine: Machine; readonly wrong: readonly string[] } {
  const { machine, wrong } = resolveMachine(sources);
  const { cacheFolder, outputRoot } = machine;
  return { machine: { ...machine, cacheFolder: ownFolder(cacheFolder), outputRoot: absolute(outputRoot) }, wrong };
}

/** Of the cache, in a folder that may have other files: what is in it may be removed. */
export const CACHE_NAME = 'prompt-travel';

const ownFolder = (path: string | null) => (path === null ? null : join(absolute(path)!, CACHE_NAME));

const absolute = (path: string | null) => (path === null ? null : resolve(expandHome(path)));
