import { delimiter } from 'node:path';
import { machineVariables } from './machine.ts';

/**
 * The variables with which VS Code's executable runs the command line.
 *
 * @param modelFolders of the settings; those of the environment come after them. Other settings of the computer are added
 */
export function programEnvironment(modelFolders: readonly string[]): Record<string, string> {
  const models = [...modelFolders, process.env.TRAVEL_MODELS ?? ''].filter((each) => each !== '');
  // VS Code's executable is Electron, which runs as Node only if this is set.
  return { ELECTRON_RUN_AS_NODE: '1', TRAVEL_MODELS: models.join(delimiter), ...machineVariables() };
}
