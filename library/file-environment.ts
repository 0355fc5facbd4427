import { readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path';
import type {
  Environment,
  InputKind,
  MissingInput,
  NamedModelKind,
  ResolvedModel,
} from '../grammar/clip/environment.ts';
import { decodeWildcardFile, wildcardLines, wildcardSteps } from '../grammar/wildcards/file.ts';
import { MODEL_ENDING, type ModelKind } from '../plan/model.ts';
import type { ClipTokenizer } from '../prompt/clip-tokenizer.ts';
import type { DescribedModel } from './header-cache.ts';
import { expandHome } from './home.ts';
import { memoryOfThisComputer } from './memory.ts';
import type { ModelLibrary } from './model-library.ts';
import type { Unreadable } from './scan.ts';
import { openTokenizer } from './tokenizer.ts';
import { listWildcards } from './wildcards.ts';

/** The place that a document's paths and names are resolved from. */
export interface DocumentPlace {
  /** Absolute path of the document; its relative paths are relative to its folder. The file itself is not read. */
  readonly path: string;
  /** Absolute paths of the wildcard folders; the first one that has a file is used. */
  readonly wildcardFolders: readonly string[];
  /** Absolute path of the folder that a relative output path may not leave. */
  readonly outputRoot?: string;
}

export interface Settled<T> {
  readonly result: T;
  /** Files that the document names and that cannot be read. */
  readonly unreadable: readonly Unreadable[];
}

/** The kinds of files that are accepted for a kind of name; prompts write motion LoRAs as LoRAs. */
const FITS: Readonly<Record<NamedModelKind, readonly ModelKind[]>> = {
  checkpoint: ['checkpoint'],
  vae: ['vae'],
  'motion-module': ['motion-module'],
  lora: ['lora', 'motion-lora'],
  embedding: ['embedding'],
};

/** Larger files are not `.travel` files or wildcards. */
const MOST_TEXT_BYTES = 16 * 1024 * 1024;

/** File names per folder that are considered for "Did you mean". */
const MOST_NAMES = 2000;

/**
 * Runs synchronous `work` on the files of this computer, which are read asynchronously. Files that are not read yet are
 * answered as missing and recorded; after they are read, `work` runs again, until it asks for nothing new. So only the files
 * that a document names are opened, and nothing blocks.
 *
 * @param work a pure function: the result is that of its last run. Seed and time are the same in every run
 */
export async function settle<T>(
  library: ModelLibrary,
  place: DocumentPlace,
  work: (environment: Environment) => T,
): Promise<Settled<T>> {
  const environment = new FileEnvironment(library, place);
  // Most documents use the built-in model. Reading it first saves them a second run.
  await environment.readModels(library.builtIn);
  for (;;) {
    const result = work(environment);
    if (!(await environment.readWanted())) return { result, unreadable: environment.unreadable() };
  }
}

class FileEnvironment implements Environment {
  readonly memory = memoryOfThisComputer();
  readonly homeFolder = homedir();
  readonly outputFolder: string;
  readonly outputRoot: string | null;
  readonly fileName: string;
  readonly now = new Date();
  readonly #seed = Math.floor(Math.random() * 2 ** 32);
  readonly #library: ModelLibrary;
  readonly #place: DocumentPlace;
  readonly #models = new Map<string, DescribedModel>();
  readonly #texts = new Map<string, string | null>();
  /** Undefined until it was asked for and read. */
  #tokenizer: ClipTokenizer | null | undefined;
  #wildcardNames: readonly string[] | null = null;
  #wantsWildcardNames = false;
  #wantsTokenizer = false;
  readonly #inputs = new Map<string, MissingInput>();
  readonly #wantedModels = new Set<string>();
  readonly #wantedTexts = new Set<string>();
  readonly #wantedInputs = new Set<string>();
  /** Candidate paths of models without a usable file, by kind and name. */
  readonly #unresolved = new Map<string, readonly string[]>();

  constructor(library: ModelLibrary, place: DocumentPlace) {
    this.#library = library;
    this.#place = place;
    this.outputFolder = dirname(place.path);
    this.outputRoot = place.outputRoot ?? null;
    this.fileName = basename(place.path, extname(place.path));
  }

  resolveModel(kind: NamedModelKind, name: string): ResolvedModel | null {
    const paths = this.#candidates(name);
    const found = paths.map((path) => ({ path, model: this.#model(path) }));
    const readable = found.flatMap(({ path, model }) => (model?.ok ? [{ path, ...model }] : []));
    const best = readable.find(({ description }) => FITS[kind].includes(description.kind));
    // A word in a prompt that is also the name of a LoRA is not an embedding. A checkpoint under `vae:` is returned, so
    // that the checks can report its kind.
    const answer = best ?? (kind === 'embedding' ? undefined : readable[0]);
    const asked = `${kind} ${name}`;
    if (!answer) {
      // Any word of a prompt may be an embedding.
      if (kind !== 'embedding') this.#unresolved.set(asked, paths);
      return null;
    }
    this.#unresolved.delete(asked);
    const { path, file, description } = answer;
    return { name: basename(path, extname(path)), file, description };
  }

  modelNames(kind: NamedModelKind): readonly string[] {
    const names = this.#library.files.flatMap(({ name, path }) => {
      // Embeddings are looked up for every prompt, so their files are read only if a prompt contains the name. Other kinds
      // are needed only for suggestions, which must be correct.
      const model = kind === 'embedding' ? this.#models.get(path) : this.#model(path);
      const fits = model === undefined ? kind === 'embedding' : model.ok && FITS[kind].includes(model.description.kind);
      return fits ? [name.split('/').at(-1)!] : [];
    });
    return [...new Set(names)];
  }

  readTravelFile(path: string, from: string): { path: string; text: string } | null {
    const absolute = resolve(dirname(from === '' ? this.#place.path : from), expandHome(path));
    const text = this.#text(absolute);
    return text === null ? null : { path: absolute, text };
  }

  missingInput(path: string, kind: InputKind): MissingInput | null {
    const absolute = resolve(this.outputFolder, expandHome(path));
    const input = this.#inputs.get(absolute);
    if (input === undefined) this.#wantedInputs.add(absolute);
    return input === undefined || input.found === kind ? null : input;
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
    this.#wantedModels.clear();
    this.#wantedTexts.clear();
    this.#wantedInputs.clear();
    await this.readModels(models);
    for (const path of texts) this.#texts.set(path, await readText(path));
    for (const path of inputs) this.#inputs.set(path, await lookFor(path));
    const wantedNames = this.#wantsWildcardNames;
    if (wantedNames) {
      this.#wildcardNames = (await listWildcards(this.#place.wildcardFolders)).map(({ name }) => name);
    }
    this.#wantsWildcardNames = false;
    const wantedTokenizer = this.#wantsTokenizer;
    if (wantedTokenizer) this.#tokenizer = await openTokenizer(this.#library.modelsFolder);
    this.#wantsTokenizer = false;
    return wantedNames || wantedTokenizer || models.length + texts.length + inputs.length > 0;
  }

  unreadable(): Unreadable[] {
    return [...new Set([...this.#unresolved.values()].flat())].flatMap((path) => {
      const model = this.#models.get(path);
      return model?.ok === false ? [{ path, reason: model.reason }] : [];
    });
  }

  /** Files of that name in the model folders, then, if it is a path, the file relative to the document. */
  #candidates(name: string): string[] {
    const listed = this.#library.find(name).map(({ path }) => path);
    const isPath = isAbsolute(name) || /[\\/]/.test(name) || MODEL_ENDING.test(name);
    const beside = resolve(this.outputFolder, expandHome(name));
    return isPath && !name.includes('\0') && !listed.includes(beside) ? [...listed, beside] : listed;
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
    (info) => (info.isDirectory() ? 'folder' : 'file'),
    () => 'nothing' as const,
  );
  // If the folder is missing, too, there is nothing to suggest.
  const names = found === 'nothing' ? await readdir(dirname(path)).catch(() => []) : [];
  return { found, names: names.slice(0, MOST_NAMES) };
}

async function readText(path: string): Promise<string | null> {
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
