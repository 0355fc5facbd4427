import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ModelLibrary } from '../library/model-library.ts';
import { Engine } from '../rendering/local-engine.ts';
import { UsageError } from './exit-code.ts';
import { type ModelsFlag, modelFolders } from './flags.ts';

/** A path of the installed package. This file's folder, `cli` or the bundle's `dist`, is one below the package's. */
export function packageUrl(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}

const packagePath = (path: string) => fileURLToPath(packageUrl(path));

export function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(packagePath('package.json'), 'utf8'));
  return z.object({ version: z.string() }).parse(manifest).version;
}

export function newEngine(): Engine {
  return new Engine({ entry: packagePath('dist/engine.js') });
}

/**
 * The built-in model and the user's folders.
 *
 * @throws UsageError when one of them is not there
 */
export async function openLibrary(flags: ModelsFlag): Promise<ModelLibrary> {
  const library = ModelLibrary.open({ modelsFolder: packagePath('models'), roots: modelFolders(flags) });
  return library.catch((error: Error) => {
    throw new UsageError(error.message);
  });
}

/** Where this system keeps what can be made again (XDG Base Directory; Apple's and Microsoft's guidelines). */
export function cacheFolder(environment = process.env, platform = process.platform): string {
  const home = homedir();
  const base =
    platform === 'win32'
      ? (environment.LOCALAPPDATA ?? join(home, 'AppData', 'Local'))
      : platform === 'darwin'
        ? join(home, 'Library', 'Caches')
        : environment.XDG_CACHE_HOME || join(home, '.cache');
  return join(base, 'prompt-travel');
}
