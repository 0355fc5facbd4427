import { randomBytes } from 'node:crypto';
import { access, constants, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { renameInto } from './rename-into.ts';

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
  await writeAndRename(file, text, { mode, uid, gid });
}

/**
 * Writes a file atomically, whether it exists or not. One that exists is replaced as by `replaceFile`.
 *
 * @throws Error with the reason; what was there is then unchanged
 */
export async function writeFileWhole(path: string, text: string): Promise<void> {
  const exists = await stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
  if (exists) await replaceFile(path, text);
  else await writeAndRename(path, text, null);
}

interface Attributes {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** @param attributes null: those of a new file */
async function writeAndRename(file: string, text: string, attributes: Attributes | null): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file).slice(0, 100)}-${randomBytes(6).toString('hex')}.partial`);
  await renameInto(file, { temporary, flags: 'wx', mode: attributes?.mode }, async (written) => {
    await written.writeFile(text);
    if (!attributes) return;
    if (process.getuid?.() === 0) await written.chown(attributes.uid, attributes.gid);
    // `open` applies the umask to its mode.
    await written.chmod(attributes.mode);
  });
}
