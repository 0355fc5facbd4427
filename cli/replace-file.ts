import { randomBytes } from 'node:crypto';
import { access, constants, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Puts a new text in place of a file's, at one stroke: whoever reads it, even after a power cut, finds the old or the
 * new text whole. Permissions and owner stay; a symbolic link stays one, and the file that it leads to is replaced.
 *
 * @throws Error that says why the file cannot be replaced; it is then as it was
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const info = await stat(path);
  const { mode, uid, gid } = info;
  if (!info.isFile()) throw new Error('it is a device or a pipe, not a file');
  const file = await realpath(path);
  // A rename would replace what may not be written to.
  if ((mode & 0o222) === 0) throw new Error('it is read-only');
  await access(file, constants.W_OK);
  const temporary = join(dirname(file), `.${basename(file).slice(0, 100)}-${randomBytes(6).toString('hex')}.partial`);
  try {
    const written = await open(temporary, 'wx', mode);
    try {
      await written.writeFile(text);
      if (process.getuid?.() === 0) await written.chown(uid, gid);
      // What is given to `open` is less what the umask takes away.
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
