import { stat } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeModel } from '../weights/describe.ts';
import { openWeights } from '../weights/open.ts';
import { BadModelError } from '../weights/tensor.ts';
import { type ModelRoot, modelRoot } from './folders.ts';
import { type DescribedModel, HeaderCache } from './header-cache.ts';
import { type ModelFile, plainName, scanFolder, type Unreadable } from './scan.ts';

/** Takes half the CPU time of `stat` from `node:fs/promises`, which counts in a large library. */
const statOf = promisify(stat);

/** Headers read in parallel: enough for an SSD, few enough for a hard disk. */
const PARALLEL_READS = 8;

/** The built-in model. Checkpoint and motion module share one name and are distinguished by kind. */
function builtIn(modelsFolder: string): ModelFile[] {
  return ['pocket.safetensors', 'mm_pocket.safetensors'].map((file) => ({
    name: 'pocket',
    path: join(modelsFolder, 'pocket', file),
  }));
}

/**
 * The model files of this computer. Opening it lists only names; a header is read on demand, and again after the file's
 * size or modification time has changed.
 */
export class ModelLibrary {
  /** The program's own `models` folder. */
  readonly modelsFolder: string;
  readonly roots: readonly ModelRoot[];
  /** In lookup order: the built-in model, then folder by folder. */
  readonly files: readonly ModelFile[];
  /** Folders that could not be listed. */
  readonly unreadable: readonly Unreadable[];
  readonly #headers: HeaderCache;
  readonly #byName = new Map<string, ModelFile[]>();

  private constructor(
    modelsFolder: string,
    headers: HeaderCache,
    roots: readonly ModelRoot[],
    files: readonly ModelFile[],
    unreadable: readonly Unreadable[],
  ) {
    this.modelsFolder = modelsFolder;
    this.#headers = headers;
    this.roots = roots;
    this.files = files;
    this.unreadable = unreadable;
    for (const file of files) {
      for (const key of new Set([file.name, file.name.split('/').at(-1)!])) {
        const lower = comparable(key);
        const same = this.#byName.get(lower);
        if (same) same.push(file);
        else this.#byName.set(lower, [file]);
      }
    }
  }

  /**
   * @param options.modelsFolder the program's own `models` folder
   * @param options.roots the user's folders: installations of AUTOMATIC1111, Forge, or ComfyUI, or plain folders
   * @param options.headers headers that are already known; by default none
   * @throws Error if a root is not a folder
   */
  static async open(options: {
    modelsFolder: string;
    roots: readonly string[];
    headers?: HeaderCache;
  }): Promise<ModelLibrary> {
    const roots = await Promise.all(options.roots.map(modelRoot));
    const scans = await Promise.all(roots.flatMap(({ folders }) => folders.map(scanFolder)));
    const files = [...builtIn(options.modelsFolder), ...scans.flatMap((scan) => scan.files)];
    return new ModelLibrary(
      options.modelsFolder,
      options.headers ?? new HeaderCache(),
      roots,
      files,
      scans.flatMap((scan) => scan.unreadable),
    );
  }

  /** Absolute paths of the built-in model's files. */
  get builtIn(): readonly string[] {
    return builtIn(this.modelsFolder).map(({ path }) => path);
  }

  /**
   * The files that match a name, the best first: those that match with their subfolders before those that match by file
   * name, and the exact case before other cases.
   */
  find(written: string): readonly ModelFile[] {
    const name = plainName(written);
    const rank = (file: ModelFile) =>
      (comparable(file.name) === comparable(name) ? 0 : 2) + (file.name.endsWith(name) ? 0 : 1);
    return [...(this.#byName.get(comparable(name)) ?? [])].sort((a, b) => rank(a) - rank(b));
  }

  /** Reads a file's header, unless it is unchanged since it was last read. The file can be in any folder. */
  async describe(path: string): Promise<DescribedModel> {
    const stamp = await stampOf(path);
    const known = stamp === null ? null : await this.#headers.get(path, stamp);
    if (known) return known;
    const { model, lasting } = await readHeader(path);
    if (stamp !== null) this.#headers.set(path, stamp, model, lasting);
    return model;
  }

  /** Reads many headers, a few in parallel; the result is by path, in the given order. */
  async describeAll(paths: Iterable<string>): Promise<Map<string, DescribedModel>> {
    const described = new Map<string, DescribedModel>();
    const order = [...new Set(paths)];
    let next = 0;
    const reader = async () => {
      for (let path = order[next++]; path !== undefined; path = order[next++]) {
        described.set(path, await this.describe(path));
      }
    };
    await Promise.all(Array.from({ length: PARALLEL_READS }, reader));
    await this.#headers.save();
    return new Map(order.map((path) => [path, described.get(path)!]));
  }
}

/**
 * Changes with the file's contents; null if it cannot be read. The time of the last status change reveals a file that was
 * overwritten and given its old modification time, and one that may be read now.
 */
async function stampOf(path: string): Promise<string | null> {
  return statOf(path).then(
    ({ size, mtimeMs, ctimeMs }) => `${size} ${mtimeMs} ${ctimeMs}`,
    () => null,
  );
}

/** `lasting`: whether the answer depends on the file's contents alone. A network drive may be back a moment later. */
async function readHeader(path: string): Promise<{ readonly model: DescribedModel; readonly lasting: boolean }> {
  try {
    const weights = await openWeights(path);
    const { size, mtimeMs } = weights;
    return { model: { ok: true, file: { path, size, mtimeMs }, description: describeModel(weights) }, lasting: true };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { model: { ok: false, reason }, lasting: error instanceof BadModelError };
  }
}

/** File systems write `é` as one character or as two; both are the same name, in either case. */
function comparable(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
