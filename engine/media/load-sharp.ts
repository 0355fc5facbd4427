import { createRequire, Module } from 'node:module';
import { RenderError } from '../failure.ts';

type Sharp = typeof import('sharp').default;
/** An image that is being processed. */
export type SharpImage = import('sharp').Sharp;

let loaded: Promise<Sharp> | undefined;

/**
 * The library that encodes and decodes images.
 *
 * In Electron on Linux, its native code crashes, because Electron brings another GLib
 * (https://github.com/lovell/sharp/issues/4525). VS Code's executable is Electron there, and what it forks, too. So its
 * WebAssembly build is used, which needs half a second more to start and about 100 MB more memory.
 *
 * @throws RenderError if it cannot be loaded
 */
export function loadSharp(): Promise<Sharp> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Sharp> {
  if (process.platform === 'linux' && process.versions.electron !== undefined) hideNativeSharp();
  try {
    return (await import('sharp')).default;
  } catch (error) {
    const [line] = (error as Error).message.split('\n');
    throw new RenderError(
      'unsupported',
      `Images cannot be read or written: ${line}. Install the package of Prompt Travel for this computer.`,
    );
  }
}

/** sharp tries its native code first, then its WebAssembly build. What it finds in Node's cache, it does not load. */
function hideNativeSharp(): void {
  const require = createRequire(createRequire(import.meta.url).resolve('sharp'));
  for (const platform of ['linux', 'linuxmusl']) {
    try {
      const path = require.resolve(`@img/sharp-${platform}-${process.arch}/sharp.node`);
      require.cache[path] = Object.assign(new Module(path), { exports: null, loaded: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
}
