import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Previews that stay when another one is made: those that may still be open. */
const MOST_PREVIEWS = 50;

/** Removes the oldest previews of single frames. @param folder absolute; may be missing */
export async function removeOldPreviews(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      // Another window may remove it meanwhile.
      return {
        path,
        mtimeMs: await stat(path).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ),
      };
    }),
  );
  const old = files.toSorted((a, b) => b.mtimeMs - a.mtimeMs).slice(MOST_PREVIEWS - 1);
  await Promise.all(old.map(({ path }) => rm(path, { recursive: true, force: true })));
}
