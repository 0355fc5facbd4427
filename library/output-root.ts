import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The Git repository that contains a folder; the folder itself if there is none. Relative output paths stay in it. */
export async function outputRootOf(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    const isRepository = await stat(join(at, '.git')).then(
      () => true,
      () => false,
    );
    if (isRepository) return at;
    if (dirname(at) === at) return folder;
  }
}
