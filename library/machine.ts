import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { unreadableInWords } from '../disk/why-unreadable.ts';
import { type Machine, type MachineKey, type MachineSources, resolveMachine } from '../plan/machine.ts';
import { expandHome } from './home.ts';

/** What is set on this computer, with absolute paths of folders. The cache is in a folder of its own. `wrong`: as of `resolveMachine`. */
export function thisMachine(sources: MachineSources): { readonly machine: Machine; readonly wrong: readonly string[] } {
  const { machine, wrong } = resolveMachine({ refuse, ...sources });
  const { cacheFolder, outputRoot } = machine;
  return { machine: { ...machine, cacheFolder: ownFolder(cacheFolder), outputRoot: absolute(outputRoot) }, wrong };
}

/** Of the cache, in a folder that may have other files: what is in it may be removed. */
export const CACHE_NAME = 'prompt-travel';

const ownFolder = (path: string | null) => (path === null ? null : join(absolute(path)!, CACHE_NAME));

const absolute = (path: string | null) => (path === null ? null : resolve(expandHome(path)));

/** A folder may be missing, but what its path begins with must be folders that can be opened. */
function refuse(key: MachineKey, value: NonNullable<Machine[MachineKey]>): string | null {
  if (key !== 'cacheFolder' && key !== 'outputRoot') return null;
  let at = absolute(String(value))!;
  try {
    for (; ; at = dirname(at)) {
      const found = statSync(at, { throwIfNoEntry: false });
      if (found) return found.isDirectory() ? null : `${at} is not a folder`;
      if (dirname(at) === at) return null;
    }
  } catch (error) {
    const is = unreadableInWords((error as NodeJS.ErrnoException).code ?? '', true) ?? 'is not a valid path';
    // The period is its reader's.
    return `${at} ${is.replace(/\.$/, '')}`;
  }
}
