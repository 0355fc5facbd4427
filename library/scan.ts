import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { readFailure } from '../disk/why-unreadable.ts';
import { MODEL_ENDING } from '../plan/model.ts';
import { isNetworkFile } from '../plan/network-annotators.ts';
import { MODEL_INDEX } from '../plan/paths.ts';
import { type ModelFile, withoutEnding } from './model-names.ts';

export interface Unreadable {
  readonly path: string;
  readonly reason: string;
}

export interface Scan {
  /** Sorted by name, subfolders after files. */
  readonly files: readonly ModelFile[];
  /** Absolute paths of networks of ControlNet preprocessors. */
  readonly networks: readonly string[];
  readonly unreadable: readonly Unreadable[];
}

/** The cache of Hugging Face's library keeps a model in `models--OWNER--NAME/snapshots/COMMIT`. */
const folderName = (path: string): string => path.replace(/models--([^/]+)--([^/]+)\/snapshots\/[^/]+$/, '$1/$2');

/** Python environments contain thousands of `.pt` and `.bin` files that are not models. */
const SKIPPED = new Set(['venv', 'node_modules', 'site-packages', '__pycache__']);

/**
 * Lists the files in `folder` and its subfolders that have the extension of a model file. Symbolic links are followed,
 * and each folder is visited once. A folder that cannot be read is reported, and the rest is still listed.
 *
 * @param root the model root that contains `folder`, or is it
 */
export async function scanFolder(folder: string, root = folder): Promise<Scan> {
  const within = (base: string, path: string) => relative(base, path).replaceAll(sep, '/').replaceAll('\\', '/');
  const files: ModelFile[] = [];
  const networks: string[] = [];
  const unreadable: Unreadable[] = [];
  const seen = new Set<string>();

  async function visit(current: string): Promise<void> {
    const real = await realpath(current);
    if (seen.has(real)) return;
    seen.add(real);
    const entries = await readdir(current, { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    // The parts of a model in diffusers' format are not models of their own.
    if (entries.some(({ name }) => name === MODEL_INDEX)) {
      const name = folderName(within(folder, current)) || basename(current);
      const inRoot = folderName(within(root, current)) || name;
      files.push({ name, path: join(current, MODEL_INDEX), inRoots: [inRoot] });
      return;
    }
    const below: string[] = [];
    for (const entry of entries) {
      if (entry.name.startsWith('.') || SKIPPED.has(entry.name)) continue;
      const path = join(current, entry.name);
      const kind = entry.isSymbolicLink() ? await stat(path).catch(() => null) : entry;
      if (kind?.isDirectory()) below.push(path);
      else if (isNetworkFile(entry.name)) networks.push(path);
      else if (MODEL_ENDING.test(entry.name))
        files.push({ name: withoutEnding(within(folder, path)), path, inRoots: [within(root, path)] });
    }
    for (const path of below) await visitOrReport(path);
  }

  async function visitOrReport(path: string): Promise<void> {
    try {
      await visit(path);
    } catch (error) {
      unreadable.push({ path, reason: await readFailure(path, error) });
    }
  }

  await visitOrReport(folder);
  return { files, networks, unreadable };
}
