import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The reference cases in this repository; its README states where each number comes from. */
export const REFERENCE_FOLDER = resolve(import.meta.dirname, 'reference');

/** The full reference set, which is optional: `shared/golden` beside the project, or the folder TRAVEL_GOLDEN names. */
export const GOLDEN_FOLDER = process.env.TRAVEL_GOLDEN ?? resolve(import.meta.dirname, '../../../shared/golden');

export const HAS_GOLDEN = existsSync(GOLDEN_FOLDER);

/** The folder to read a case from: the full set if it has the case, else the repository; null when neither has it. */
export function folderOf(id: string): string | null {
  return [GOLDEN_FOLDER, REFERENCE_FOLDER].find((folder) => existsSync(join(folder, `${id}.json`))) ?? null;
}
