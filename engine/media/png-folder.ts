import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The PNG frames in a folder, as absolute paths, in the order of their numbers. @param folder absolute */
export async function framesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /\.png$/i.test(name));
  return names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).map((name) => join(folder, name));
}
