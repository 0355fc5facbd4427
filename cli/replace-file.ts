import { randomBytes } from 'node:crypto';
import { access, constants, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Replaces a file's text atomically: readers see the old text or the new one, even after a power cut. Permissions and
 * owner are kept. If the path is a symbolic link, its target is replaced.
 *
 * @throws Error with the reason; the file is then unchanged
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const info = await stat(path);
  const { mode, uid, gid } = info;
  if (!info.isFile()) throw new Error('it is a device or a pipe, not a file');
  const file = await realpath(path);
  // A rename would replace a read-only file.
  if ((mode & 0o222) === 0) throw new Error('it is read-only');
  await access(file, constants.W_OK);
  const temporary = join(dirname(file), `.${basename(file).slice(0, 100)}-${randomBytes(6).toString('hex')}.partial`);
  try {
    const written = await open(temporary, 'wx', mode);
    try {
      await written.writeFile(text);
      if (process.getuid?.() === 0) await written.chown(uid, gid);
      // `open` applies the umask to its mode.
      await written.chmod(mode);
      await written.sync();
    } finally {
      await written.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}
