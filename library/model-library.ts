import { createHash } from 'node:crypto';
import { stat } from 'node:fs';
import { open } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { FileHashes } from '../engine/models/file-hashes.ts';
import { messageOf } from '../plan/message-of.ts';
import { describeModel } from '../weights/describe.ts';
import { isModelIndex, modelStat } from '../weights/diffusers-folder.ts';
import { openWeights } from '../weights/open.ts';
import { BadModelError, UnreadableModelError } from '../weights/tensor.ts';
import { type ModelRoot, modelRoot } from './folders.ts';
import { type DescribedModel, HeaderCache } from './header-cache.ts';
import { type ModelFile, ModelNames } from './model-names.ts';
import { scanFolder, type Unreadable } from './scan.ts';

/** Takes half the CPU time of `stat` from `node:fs/promises`, which counts in a large library. */
const statOf = promisify(stat);

/** Headers read in parallel: enough for an SSD, few enough for a hard disk. */
const PARALLEL_READS = 8;

/** The built-in model. Checkpoint and motion module share one name and are distinguished by kind. */
function builtIn(modelsFolder: string): ModelFile[] {
  return ['pocket.safetensors', 'mm_pocket.safetensors'].map((file) => ({
    name: 'pocket',
    inRoots: ['pocket.safetensors'],
    path: join(modelsFolder, 'pocket', file),
  }));
}

/** Model roots can overlap: a file that two of them contain is one file with the names of both. */
function withoutRepeated(files: readonly ModelFile[]): ModelFile[] {
  const byPath = new Map<string, ModelFile>();
  for (const file of files) {
    const known = byPath.get(file.path);
    byPath.set(file.path, known ? { ...known, inRoots: [...known.inRoots, ...file.inRoots] } : file);
  }
  return [...byPath.values()];
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
  /** What the user should know about the roots, although everything in them can be read. */
  readonly notices: readonly string[];
  readonly names: ModelNames;
  /** Absolute paths of networks of ControlNet preprocessors, in lookup order. */
  readonly networks: readonly string[];
  readonly #headers: HeaderCache;
  readonly #hashes: FileHashes;

  private constructor(
    modelsFolder: string,
    headers: HeaderCache,
    hashes: FileHashes,
    roots: readonly ModelRoot[],
    files: readonly ModelFile[],
    networks: readonly string[],
    unreadable: readonly Unreadable[],
  ) {
    this.modelsFolder = modelsFolder;
    this.#headers = headers;
    this.#hashes = hashes;
    this.roots = roots;
    this.files = files;
    this.unreadable = unreadable;
    this.notices = roots.flatMap(({ notices }) => notices);
    this.names = new ModelNames(files);
    this.networks = networks;
  }

  /**
   * @param options.modelsFolder the program's own `models` folder
   * @param options.roots the user's folders: installations of AUTOMATIC1111, ComfyUI and others, or plain folders
   * @param options.headers headers that are already known; by default none
   * @param options.hashFolder absolute path of the folder that keeps hashes between processes; by default none
   * @throws Error if a root is not a folder
   */
  static async open(options: {
    modelsFolder: string;
    roots: readonly string[];
    headers?: HeaderCache;
    hashFolder?: string;
  }): Promise<ModelLibrary> {
    const roots = await Promise.all(options.roots.map(modelRoot));
    const scans = await Promise.all(
      roots.flatMap(({ path, folders }) =>
        // `extra_model_paths.yaml` can name folders anywhere.
        folders.map((folder) => scanFolder(folder, relative(path, folder).startsWith('..') ? folder : path)),
      ),
    );
    const networkScans = await Promise.all(
      roots.flatMap(({ networkFolders }) => networkFolders).map((each) => scanFolder(each)),
    );
    const files = [...builtIn(options.modelsFolder), ...scans.flatMap((scan) => scan.files)];
    return new ModelLibrary(
      options.modelsFolder,
      options.headers ?? new HeaderCache(),
      new FileHashes(options.hashFolder ?? null),
      roots,
      withoutRepeated(files),
      [...new Set([...scans, ...networkScans].flatMap(({ networks }) => networks))],
      [...roots, ...scans, ...networkScans].flatMap(({ unreadable }) => unreadable),
    );
  }

  /** Absolute paths of the built-in model's files. */
  get builtIn(): readonly string[] {
    return builtIn(this.modelsFolder).map(({ path }) => path);
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

  /**
   * SHA-256 of a model, in 64 hexadecimal digits; null if it cannot be read. Reads the whole file, unless its hash is
   * known.
   */
  async sha256(path: string): Promise<string | null> {
    const model = await this.describe(path);
    if (!model.ok) return null;
    return (await this.#hashes.of([model.file])).get(model.file.path) ?? null;
  }

  /** Whether a model has a hash in the form that A1111 writes, of any length; null if it cannot be read. */
  async hasHash(path: string, digits: string): Promise<{ readonly has: boolean; readonly sha256: string } | null> {
    const sha256 = await this.sha256(path);
    if (sha256 === null) return null;
    return { has: sha256.startsWith(digits) || (digits.length === 8 && (await shortHash(path)) === digits), sha256 };
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
 * A1111's hash of checkpoints before 1.0: of 64 KiB from 1 MiB on (`sd_models.py`, `model_hash`).
 *
 * @returns eight digits; null if the file cannot be read
 */
async function shortHash(path: string): Promise<string | null> {
  try {
    const handle = await open(path);
    await using _ = { [Symbol.asyncDispose]: () => handle.close() };
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(0x10000), 0, 0x10000, 0x100000);
    return createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex').slice(0, 8);
  } catch {
    // A folder, or a file that is gone: it has no hash.
    return null;
  }
}

/**
 * Changes with the file's contents; null if it cannot be read. The time of the last status change reveals a file that
 * was overwritten and given its old modification time, and one that may be read now.
 */
async function stampOf(path: string): Promise<string | null> {
  return (isModelIndex(path) ? modelStat(path) : statOf(path)).then(
    // The time of a folder is not that of the files in it.
    (info) => ('isDirectory' in info && info.isDirectory() ? null : `${info.size} ${info.mtimeMs} ${info.ctimeMs}`),
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
    const reason = messageOf(error);
    const missing = await statOf(path).then(
      () => false,
      ({ code }: NodeJS.ErrnoException) => code === 'ENOENT' || code === 'ENOTDIR',
    );
    return {
      model: { ok: false, reason, ...(missing && { missing }) },
      lasting: error instanceof BadModelError && !(error instanceof UnreadableModelError),
    };
  }
}
