import { readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path';
import type {
  Environment,
  InputImages,
  InputKind,
  MissingInput,
  NamedModelKind,
  ResolvedModel,
  WrongHash,
} from '../grammar/clip/environment.ts';
import { decodeWildcardFile, wildcardLines, wildcardSteps } from '../grammar/wildcards/file.ts';
import { readEmptyHints } from '../plan/empty-hints.ts';
import { type Machine, NO_MACHINE } from '../plan/machine.ts';
import { MODEL_ENDING, type ModelKind } from '../plan/model.ts';
import { modelFileName } from '../plan/paths.ts';
import type { FileRef } from '../plan/plan.ts';
import type { VideoHeader } from '../plan/video-header.ts';
import type { ClipTokenizer } from '../prompt/clip-tokenizer.ts';
import { EMPTY_HINTS } from '../protocol/cache-layout.ts';
import { cacheFolder } from './cache-folder.ts';
import { hasFfmpeg } from './has-ffmpeg.ts';
import type { DescribedModel } from './header-cache.ts';
import { expandHome } from './home.ts';
import { findImages } from './images.ts';
import { memoryOfThisComputer, threadsOfThisComputer } from './memory.ts';
import type { ModelLibrary } from './model-library.ts';
import { AUTO_V2_DIGITS, comparable, hashIn, type ModelFile, withoutEnding } from './model-names.ts';
import { openTokenizer } from './tokenizer.ts';
import { videoHeader } from './video-headers.ts';
import { oneByOne, Wanted } from './wanted.ts';
import { listWildcards } from './wildcards.ts';

type FoundHash = NonNullable<Awaited<ReturnType<ModelLibrary['hasHash']>>>;

/** The place that a document's paths and names are resolved from. */
export interface DocumentPlace {
  /** Absolute path of the document; its relative paths are relative to its folder. The file itself is not read. */
  readonly path: string;
  /** Absolute paths of the wildcard folders; the first one that has a file is used. */
  readonly wildcardFolders: readonly string[];
  /** Absolute path of the folder that a relative output path may not leave. */
  readonly outputRoot?: string;
  /** What is set on this computer. If it has an output root, relative output paths start there and stay there. */
  readonly machine?: Machine;
}

/** The kinds of files that are accepted for a kind of name; prompts write motion LoRAs as LoRAs. */
const FITS: Readonly<Record<NamedModelKind, readonly ModelKind[]>> = {
  checkpoint: ['checkpoint'],
  'text-encoder': ['text-encoder'],
  vae: ['vae'],
  'motion-module': ['motion-module'],
  lora: ['lora', 'motion-lora'],
  embedding: ['embedding'],
  controlnet: ['controlnet'],
  film: ['film'],
};

/** Names that A1111 does not accept as the name that a LoRA was trained under. */
const NO_ALIAS = new Set(['none', 'addams']);

/** A tag ends at `>`, its items at `:`, an item with `=` is not a name, and braces are choices. */
export const canBeInTag = (name: string): boolean => !/[:=>{}]/.test(name);

/** Larger files are not `.travel` files or wildcards. */
const MOST_TEXT_BYTES = 16 * 1024 * 1024;

/** File names per folder that are considered for "Did you mean". */
const MOST_NAMES = 2000;

/** The key of what there is one of. */
const ONLY = '';

/**
 * Runs synchronous `work` on the files of this computer, which are read asynchronously. Files that are not read yet are
 * answered as missing and recorded; after they are read, `work` runs again, until it asks for nothing new. So only the
 * files that a document names are opened, and nothing blocks.
 *
 * @param work a pure function: the result is that of its last run. Seed and time are the same in every run
 * @param texts receives the text files that were looked for: by absolute path, their contents as `readText` gives them
 */
export async function settle<T>(
  library: ModelLibrary,
  place: DocumentPlace,
  work: (environment: Environment) => T,
  texts: Map<string, string | null> = new Map(),
): Promise<T> {
  const environment = new FileEnvironment(library, place, texts);
  // Most documents use the built-in model. Reading it first saves them a second run.
  await environment.readModels(library.builtIn);
  for (;;) {
    const result = work(environment);
    if (!(await environment.readWanted())) return result;
  }
}

class FileEnvironment implements Environment {
  readonly memory = memoryOfThisComputer();
  readonly threads: number;
  readonly homeFolder = homedir();
  readonly outputFolder: string;
  readonly outputRoot: string | null;
  readonly machine: Machine;
  readonly fileName: string;
  readonly now = new Date();
  readonly #seed = Math.floor(Math.random() * 2 ** 32);
  /** Of the document. */
  readonly #folder: string;
  readonly #library: ModelLibrary;
  readonly #place: DocumentPlace;
  // By absolute path.
  readonly #models: Wanted<DescribedModel>;
  readonly #texts: Wanted<string | null>;
  readonly #inputs = new Wanted<MissingInput>(oneByOne(lookFor));
  readonly #images = new Wanted<InputImages | null>(oneByOne(findImages));
  readonly #videos = new Wanted<VideoHeader | null>(oneByOne(videoHeader));
  /** By digits, a space and a path. Null: the file cannot be read. */
  readonly #hashes: Wanted<FoundHash | null>;
  // There is one of each of these, by `ONLY`.
  readonly #tokenizer: Wanted<ClipTokenizer | null>;
  readonly #wildcardNames: Wanted<readonly string[]>;
  readonly #hasFfmpeg: Wanted<boolean>;
  readonly #emptyHints: Wanted<ReadonlySet<string>>;

  constructor(library: ModelLibrary, place: DocumentPlace, texts: Map<string, string | null>) {
    this.#models = new Wanted((paths) => library.describeAll(paths));
    this.#texts = new Wanted(oneByOne(readText), texts);
    this.#hashes = new Wanted(
      oneByOne((key) => {
        const space = key.indexOf(' ');
        return library.hasHash(key.slice(space + 1), key.slice(0, space));
      }),
    );
    this.#tokenizer = new Wanted(oneByOne(() => openTokenizer(library.modelsFolder)));
    this.#wildcardNames = new Wanted(
      oneByOne(async () => (await listWildcards(place.wildcardFolders)).map(({ name }) => name)),
    );
    this.#hasFfmpeg = new Wanted(oneByOne(() => hasFfmpeg(this.machine.ffmpeg)));
    this.#emptyHints = new Wanted(
      oneByOne(async () => {
        const path = join(this.machine.cacheFolder ?? cacheFolder(), EMPTY_HINTS);
        return new Set(readEmptyHints(await readFile(path, 'utf8').catch(() => '')));
      }),
    );
    this.#library = library;
    this.#place = place;
    this.machine = place.machine ?? NO_MACHINE;
    this.threads = threadsOfThisComputer(this.machine.threads);
    this.#folder = dirname(place.path);
    this.outputFolder = this.machine.outputRoot ?? this.#folder;
    this.outputRoot = this.machine.outputRoot ?? place.outputRoot ?? null;
    this.fileName = basename(place.path, extname(place.path));
  }

  resolveModel(kind: NamedModelKind, name: string): ResolvedModel | null {
    const groups = this.#candidates(name);
    const found = groups.flat().flatMap((path) => {
      const model = this.#models.get(path);
      return model?.ok ? [{ path, ...model }] : [];
    });
    const named = found.filter(({ description }) => FITS[kind].includes(description.kind));
    const hash = kind === 'checkpoint' ? hashIn(name) : null;
    const fitting = hash === null ? named : this.#byHash(named, hash);
    // A word in a prompt that is also the name of a LoRA is not an embedding. A checkpoint under `vae:` is returned, so
    // that the checks can report its kind.
    const other = found.find(({ description }) => description.kind === 'unsupported') ?? found[0];
    // Aliases are in the headers of all LoRAs, which are read only if no file has the name.
    const isRead = groups.flat().every((path) => this.#models.get(path) !== undefined);
    const alias = kind === 'lora' && fitting.length === 0 && isRead ? this.#byAlias(name) : null;
    const answer = fitting[0] ?? alias ?? (kind === 'embedding' ? null : other);
    if (!answer) return null;
    const { path, file, description } = answer;
    const group = groups.find((paths) => paths.includes(path)) ?? [];
    const same = fitting
      .filter((model) => group.includes(model.path))
      .map(({ path: own }) => {
        const listed = this.#library.files.find((candidate) => candidate.path === own);
        return listed ? this.#nameOf(kind, listed) : own;
      });
    return {
      name: withoutEnding(modelFileName(path)),
      file,
      description,
      ...(hash !== null && this.#wrongHash(path, hash)),
      // A hash decides between files of one name.
      ...(hash === null && same.length > 1 && { sameName: { used: same[0]!, others: same.slice(1) } }),
    };
  }

  /** Those with the hash first, and all in their order until it is read. */
  #byHash<T extends { readonly path: string }>(files: readonly T[], hash: string): readonly T[] {
    const has = new Set(files.filter(({ path }) => this.#hash(path, hash)?.has));
    return [...has, ...files.filter((file) => !has.has(file))];
  }

  #wrongHash(path: string, written: string): { wrongHash?: WrongHash } {
    const hash = this.#hash(path, written);
    if (!hash || hash.has) return {};
    return { wrongHash: { written, actual: hash.sha256.slice(0, Math.max(written.length, AUTO_V2_DIGITS)) } };
  }

  #hash(path: string, digits: string): FoundHash | null {
    return this.#hashes.get(`${digits} ${path}`) ?? null;
  }

  unreadableModel(kind: NamedModelKind, name: string): string | null {
    if (this.resolveModel(kind, name)) return null;
    const models = this.#candidates(name).flatMap((paths) => paths.map((path) => this.#models.get(path)));
    const damaged = models.find((model) => model?.ok === false && !model.missing);
    return damaged?.ok === false ? damaged.reason : null;
  }

  modelNames(kind: NamedModelKind): readonly string[] {
    const names = this.#library.files.flatMap((file) =>
      this.#mayBe(kind, file.path) ? [this.#nameOf(kind, file)] : [],
    );
    return [...new Set(names)].filter((name) => kind !== 'lora' || canBeInTag(name));
  }

  readTravelFile(path: string, from: string): { path: string; text: string } | null {
    const absolute = this.#absolute(path, from);
    const text = this.#texts.get(absolute) ?? null;
    return text === null ? null : { path: absolute, text };
  }

  missingInput(path: string, kind: InputKind): MissingInput | null {
    const input = this.#inputs.get(resolve(this.#folder, expandHome(path)));
    return input === undefined || input.found === kind ? null : input;
  }

  inputImages(path: string, from: string): InputImages | null {
    return this.#images.get(this.#absolute(path, from)) ?? null;
  }

  networkFile(names: readonly string[]): FileRef | null {
    const paths = this.#library.networks.map((path) => ({ path, end: `/${path.replaceAll('\\', '/')}`.toLowerCase() }));
    for (const name of names) {
      const found = paths.find(({ end }) => end.endsWith(`/${name.toLowerCase()}`));
      if (found) return this.inputImages(found.path, '')?.files[0] ?? null;
    }
    return null;
  }

  inputVideo(path: string, from: string): VideoHeader | null {
    return this.#videos.get(this.#absolute(path, from)) ?? null;
  }

  get emptyHints(): ReadonlySet<string> | null {
    return this.#emptyHints.get(ONLY) ?? null;
  }

  get hasFfmpeg(): boolean | null {
    return this.#hasFfmpeg.get(ONLY) ?? null;
  }

  wildcard(name: string): readonly string[] | null {
    const steps = isAbsolute(name) ? null : wildcardSteps(name);
    if (!steps) return null;
    for (const folder of this.#place.wildcardFolders) {
      const text = this.#texts.get(`${join(folder, ...steps)}.txt`) ?? null;
      if (text !== null) return wildcardLines(text);
    }
    return null;
  }

  wildcardNames(): readonly string[] {
    return this.#wildcardNames.get(ONLY) ?? [];
  }

  get tokenizer(): ClipTokenizer | null {
    return this.#tokenizer.get(ONLY) ?? null;
  }

  randomSeed(): number {
    return this.#seed;
  }

  async readModels(paths: readonly string[]): Promise<void> {
    await this.#models.read(paths);
  }

  /** Reads what was asked for and not known; false if there was nothing to read. */
  async readWanted(): Promise<boolean> {
    let hasRead = false;
    for (const wanted of [
      this.#hashes,
      this.#models,
      this.#texts,
      this.#inputs,
      this.#images,
      this.#videos,
      this.#hasFfmpeg,
      this.#emptyHints,
      this.#wildcardNames,
      this.#tokenizer,
    ]) {
      hasRead = (await wanted.readAsked()) || hasRead;
    }
    return hasRead;
  }

  /** @param from the file that contains the path; '' for the document */
  #absolute(path: string, from: string): string {
    return resolve(dirname(from === '' ? this.#place.path : from), expandHome(path));
  }

  /** Files that the name means, in groups of equal names, then, if it is a path, the file relative to the document. */
  #candidates(name: string): readonly (readonly string[])[] {
    const listed = this.#library.names.find(name).map((files) => files.map(({ path }) => path));
    const isPath = isAbsolute(name) || /[\\/]/.test(name) || MODEL_ENDING.test(name);
    const beside = resolve(this.#folder, expandHome(name));
    return isPath && !name.includes('\0') && !listed.flat().includes(beside) ? [...listed, [beside]] : listed;
  }

  /**
   * The LoRA that was trained under a name, as in A1111: names of files come first, and a name that several LoRAs share
   * means none of them (`extensions-builtin/Lora/networks.py`, `forbidden_network_aliases`).
   */
  #byAlias(name: string) {
    if (NO_ALIAS.has(comparable(name))) return null;
    const named = this.#library.files.flatMap(({ path }) => {
      const model = this.#models.get(path);
      if (!model?.ok || model.description.kind !== 'lora') return [];
      const { alias } = model.description;
      return alias !== undefined && comparable(alias) === comparable(name) ? [{ path, ...model }] : [];
    });
    return named.length === 1 ? named[0]! : null;
  }

  /**
   * Whether a file is of a kind. Embeddings are looked up for every prompt, so their files are read only if a prompt
   * contains the name. Other kinds are needed only for suggestions, which must be correct.
   */
  #mayBe(kind: NamedModelKind, path: string): boolean {
    const model = kind === 'embedding' ? this.#models.peek(path) : this.#models.get(path);
    if (model === undefined) return kind === 'embedding';
    return model.ok && FITS[kind].includes(model.description.kind);
  }

  /** How to write the name of a file so that it means no other file of the kind. */
  #nameOf(kind: NamedModelKind, file: ModelFile): string {
    return this.#library.names.unambiguous(file, (other) => this.#mayBe(kind, other.path));
  }
}

async function lookFor(path: string): Promise<MissingInput> {
  const found = await stat(path).then(
    (info) => (info.isDirectory() ? 'folder' : info.isFile() ? 'file' : 'other'),
    () => 'nothing' as const,
  );
  // If the folder is missing, too, there is nothing to suggest.
  const names = found === 'nothing' ? await readdir(dirname(path)).catch(() => []) : [];
  return { found, names: names.slice(0, MOST_NAMES) };
}

/** A `.travel` file or a wildcard file; null if it is missing, not text, or too large. @param path absolute */
export async function readText(path: string): Promise<string | null> {
  try {
    const info = await stat(path);
    if (!info.isFile() || info.size > MOST_TEXT_BYTES) return null;
    const bytes = await readFile(path);
    if (path.endsWith('.txt')) return decodeWildcardFile(bytes);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Not found, not readable, or not UTF-8: the checks report it at its name.
    return null;
  }
}
