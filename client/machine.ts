import { workspace } from 'vscode';
import { cacheFolder } from '../library/cache-folder.ts';
import { thisMachine } from '../library/machine.ts';
import { isUnset, MACHINE_KEYS, MACHINE_SETTINGS, type Machine } from '../plan/machine.ts';

/** What is set on this computer: by the environment of the editor, or in its settings. */
export function machine(): Machine {
  return thisMachine({ environment: process.env, settings: settings() }).machine;
}

/** The cache folder that is set, or the system's. A change applies to the next window. */
export function editorCacheFolder(): string {
  return machine().cacheFolder ?? cacheFolder();
}

/** The settings as environment variables, for programs of the extension. Variables that are set already come first. */
export function machineVariables(): Record<string, string> {
  const given = settings();
  const variables = MACHINE_KEYS.flatMap((key) => {
    const { setting, variable } = MACHINE_SETTINGS[key];
    const value = given[setting];
    return isUnset(value) || process.env[variable] ? [] : [[variable, String(value)] as const];
  });
  return Object.fromEntries(variables);
}

function settings(): Record<string, unknown> {
  const configured = workspace.getConfiguration('travel');
  return Object.fromEntries(
    MACHINE_KEYS.map((key) => {
      const { setting } = MACHINE_SETTINGS[key];
      return [setting, configured.get<unknown>(setting)];
    }),
  );
}
