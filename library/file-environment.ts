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
import { type Machine, NO_MACHINE } from '../plan/machine.ts';
import { MODEL_ENDING, type ModelKind } from '../plan/model.ts';
import { modelFileName } from '../plan/paths.ts';
import type { ClipTokenizer } from '../prompt/clip-tokenizer.ts';
import type { DescribedModel } from './header-cache.ts';
import { expandHome } from './home.ts';
import { findImages } from './images.ts';
import { memoryOfThisComputer } from './memory.ts';
import type { ModelLibrary } from './model-library.ts';
import { AUTO_V2_DIGITS, comparable, hashIn, type ModelFile, withoutEnding } from './model-names.ts';
import { openTokenizer } from './tokenizer.ts';
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
  readonly #models = new Map<string, DescribedModel>();
  readonly #texts: Map<string, string | null>;
  /** Undefined until it was asked for and read. */
  #tokenizer: ClipTokenizer | null | undefined;
  #wildcardNames: readonly string[] | null = null;
  #wantsWildcardNames = false;
  #wantsTokenizer = false;
  readonly #inputs = new Map<string, MissingInput>();
  readonly #images = new Map<string, InputImages | null>();
  /** By path and digits. Null: the file cannot be read. */
  readonly #hashes = new Map<string, FoundHash | null>();
  readonly #wantedHashes = new Map<string, { readonly path: string; readonly digits: string }>();
  readonly #wantedModels = new Set<string>();
  readonly #wantedTexts = new Set<string>();
  readonly #wantedInputs = new Set<string>();
  readonly #wantedImages = new Set<string>();

  constructor(library: ModelLibrary, place: DocumentPlace, texts: Map<string, string | null>) {
    this.#texts = texts;
    this.#library = library;
    this.#place = place;
    this.machine = place.machine ?? NO_MACHINE;
    this.#folder = dirname(place.path);
    this.outputFolder = this.machine.outputRoot ?? this.#folder;
    this.outputRoot = this.machine.outputRoot ?? place.outputRoot ?? null;
    this.fileName = basename(place.path, extname(place.path));
  }

  resolveModel(kind: NamedModelKind, name: string): ResolvedModel | null {
    const groups = this.#candidates(name);
    const found = groups.flat().flatMap((path) => {
      const model = this.#model(path);
      return model?.ok ? [{ path, ...model }] : [];
    });
    const named = found.filter(({ description }) => FITS[kind].includes(description.kind));
    const hash = kind === 'checkpoint' ? hashIn(name) : null;
    const fitting = hash === null ? named : this.#byHash(named, hash);
    // A word in a prompt that is also the name of a LoRA is not an embedding. A checkpoint under `vae:` is returned, so
    // that the checks can report its kind.
    const other = found.find(({ description }) => description.kind === 'unsupported') ?? found[0];
    // Aliases are in the headers of all LoRAs, which are read only if no file has the name.
    const isRead = groups.flat().every((path) => this.#model(path) !== undefined);
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
    const key = JSON.stringify([path, digits]);
    const hash = this.#hashes.get(key);
    if (hash === undefined) this.#wantedHashes.set(key, { path, digits });
    return hash ?? null;
  }

  unreadableModel(kind: NamedModelKind, name: string): string | null {
    if (this.resolveModel(kind, name)) return null;
    const models = this.#candidates(name).flatMap((paths) => paths.map((path) => this.#model(path)));
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
    const text = this.#text(absolute);
    return text === null ? null : { path: absolute, text };
  }

  missingInput(path: string, kind: InputKind): MissingInput | null {
    const absolute = resolve(this.#folder, expandHome(path));
    const input = this.#inputs.get(absolute);
    if (input === undefined) this.#wantedInputs.add(absolute);
    return input === undefined || input.found === kind ? null : input;
  }

  inputImages(path: string, from: string): InputImages | null {
    const absolute = this.#absolute(path, from);
    const images = this.#images.get(absolute);
    if (images === undefined) this.#wantedImages.add(absolute);
    return images ?? null;
  }

  wildcard(name: string): readonly string[] | null {
    const steps = isAbsolute(name) ? null : wildcardSteps(name);
    if (!steps) return null;
    for (const folder of this.#place.wildcardFolders) {
      const text = this.#text(`${join(folder, ...steps)}.txt`);
      if (text !== null) return wildcardLines(text);
    }
    return null;
  }

  wildcardNames(): readonly string[] {
    this.#wantsWildcardNames ||= this.#wildcardNames === null;
    return this.#wildcardNames ?? [];
  }

  get tokenizer(): ClipTokenizer | null {
    this.#wantsTokenizer ||= this.#tokenizer === undefined;
    return this.#tokenizer ?? null;
  }

  randomSeed(): number {
    return this.#seed;
  }

  async readModels(paths: readonly string[]): Promise<void> {
    for (const [path, model] of await this.#library.describeAll(paths)) this.#models.set(path, model);
  }

  /** Reads what was asked for and not known; false if there was nothing to read. */
  async readWanted(): Promise<boolean> {
    const models = [...this.#wantedModels];
    const texts = [...this.#wantedTexts];
    const inputs = [...this.#wantedInputs];
    const images = [...this.#wantedImages];
    const hashes = [...this.#wantedHashes];
    this.#wantedModels.clear();
    this.#wantedTexts.clear();
    this.#wantedInputs.clear();
    this.#wantedImages.clear();
    this.#wantedHashes.clear();
    for (const [key, { path, digits }] of hashes) this.#hashes.set(key, await this.#library.hasHash(path, digits));
    await this.readModels(models);
    for (const path of texts) this.#texts.set(path, await readText(path));
    for (const path of inputs) this.#inputs.set(path, await lookFor(path));
    for (const path of images) this.#images.set(path, await findImages(path));
    const wantedNames = this.#wantsWildcardNames;
    if (wantedNames) {
      this.#wildcardNames = (await listWildcards(this.#place.wildcardFolders)).map(({ name }) => name);
    }
    this.#wantsWildcardNames = false;
    const wantedTokenizer = this.#wantsTokenizer;
    if (wantedTokenizer) this.#tokenizer = await openTokenizer(this.#library.modelsFolder);
    this.#wantsTokenizer = false;
    const wanted = [models, texts, inputs, images, hashes];
    return wantedNames || wantedTokenizer || wanted.some(({ length }) => length > 0);
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
      const model = this.#model(path);
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
    const model = kind === 'embedding' ? this.#models.get(path) : this.#model(path);
    if (model === undefined) return kind === 'embedding';
    return model.ok && FITS[kind].includes(model.description.kind);
  }

  /** How to write the name of a file so that it means no other file of the kind. */
  #nameOf(kind: NamedModelKind, file: ModelFile): string {
    return this.#library.names.unambiguous(file, (other) => this.#mayBe(kind, other.path));
  }

  #model(path: string): DescribedModel | undefined {
    const model = this.#models.get(path);
    if (model === undefined) this.#wantedModels.add(path);
    return model;
  }

  #text(path: string): string | null {
    const text = this.#texts.get(path);
    if (text === undefined) this.#wantedTexts.add(path);
    return text ?? null;
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
