import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { NumberedImages } from '../exchange/format.ts';

/** Folders above a configuration in which animatediff-cli's `data` folder is looked for. */
const LEVELS = 5;

/**
 * Images whose names are numbers, in folders that a configuration names. Its paths are relative to animatediff-cli's
 * `data` folder, which is beside one of the folders above it.
 *
 * @param file the configuration
 */
export function numberedImages(file: string): NumberedImages {
  const above: string[] = [];
  for (let at = dirname(resolve(file)); above.length < LEVELS; at = dirname(at)) above.push(at);
  const bases = above.flatMap((folder) => [join(folder, 'data'), folder]);
  return (folder) => {
    const path = folder.replaceAll('\\', '/');
    for (const base of bases) {
      const images = imagesIn(resolve(base, path));
      if (images) return images;
    }
    return null;
  };
}

function imagesIn(folder: string): ReadonlyMap<number, string> | null {
  try {
    const names = readdirSync(folder).filter((name) => /^\d{1,9}\.png$/i.test(name));
    return new Map(names.map((name) => [Number.parseInt(name, 10), `${folder.replaceAll('\\', '/')}/${name}`]));
  } catch {
    return null;
  }
}
