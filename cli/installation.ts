import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { cacheFolder } from '../library/cache-folder.ts';
import { openHeaderCache } from '../library/header-cache.ts';
import { ModelLibrary } from '../library/model-library.ts';
import { type Machine, NO_MACHINE } from '../plan/machine.ts';
import { LocalEngine } from '../rendering/local-engine.ts';
import { UsageError } from './exit-code.ts';
import { type ModelsFlag, modelFolders } from './flags.ts';

/** A path in the installed package. This file's folder, `cli` or the bundle's `dist`, is in the package's root. */
export function packageUrl(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}

const packagePath = (path: string) => fileURLToPath(packageUrl(path));

export function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(packagePath('package.json'), 'utf8'));
  return z.object({ version: z.string() }).parse(manifest).version;
}

export function newEngine(machine: Pick<Machine, 'gpuMemory' | 'threads' | 'ffmpeg'> = NO_MACHINE): LocalEngine {
  const entry = packagePath('dist/engine.js');
  return new LocalEngine({ entry, cacheFolder: cacheFolder(), machine: () => machine });
}

/**
 * The built-in model and the user's folders.
 *
 * @throws UsageError if a folder cannot be read
 */
export async function openLibrary(flags: ModelsFlag): Promise<ModelLibrary> {
  const hashFolder = cacheFolder();
  const library = ModelLibrary.open({
    modelsFolder: packagePath('models'),
    roots: modelFolders(flags),
    headers: openHeaderCache(hashFolder),
    hashFolder,
  });
  return library.catch((error: Error) => {
    throw new UsageError(error.message);
  });
}
