import { resolve } from 'node:path';
import { type Machine, type MachineSources, resolveMachine } from '../plan/machine.ts';
import { expandHome } from './home.ts';

/** What is set on this computer, with absolute paths of folders. `wrong`: as of `resolveMachine`. */
export function thisMachine(sources: MachineSources): { readonly machine: Machine; readonly wrong: readonly string[] } {
  const { machine, wrong } = resolveMachine(sources);
  const { cacheFolder, outputRoot } = machine;
  return { machine: { ...machine, cacheFolder: absolute(cacheFolder), outputRoot: absolute(outputRoot) }, wrong };
}

const absolute = (path: string | null) => (path === null ? null : resolve(expandHome(path)));
