import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path';
import type {
  Environment,
  InputKind,
  MissingInput,
  NamedModelKind,
  ResolvedModel,
} from '../grammar/clip/environment.ts';
import { wildcardLines, wildcardSteps } from '../grammar/wildcards/file.ts';
import { MODEL_ENDING, type ModelKind } from '../plan/model.ts';
import type { ClipTokenizer } from '../prompt/clip-tokenizer.ts';
import { memoryOfThisComputer } from './memory.ts';
import type { DescribedModel, ModelLibrary } from './model-library.ts';
import type { Unreadable } from './scan.ts';
import { openTokenizer } from './tokenizer.ts';

/** Where a document stands, for the names in it. */
export interface DocumentPlace {
  /** Absolute path of the document; relative paths in it start in its folder. The file itself is not read. */
  readonly path: string;
  /** Absolute folders with `__name__.txt` files, the first that has one wins. */
  readonly wildcardFolders: readonly string[];
}

export interface Settled<T> {
  readonly result: T;
  /** Files that the document names and that cannot be used, with the reason. */
  readonly unreadable: readonly Unreadable[];
}

/** A motion LoRA is asked for as a LoRA. */
const FITS: Readonly<Record<NamedModelKind, readonly ModelKind[]>> = {
  checkpoint: ['checkpoint'],
  vae: ['vae'],
  'motion-module': ['motion-module'],
  lora: ['lora', 'motion-lora'],
  embedding: ['embedding'],
};

/** Longer texts are not what they are taken for. */
const MOST_TEXT_BYTES = 16 * 1024 * 1024;

/** Names of a folder that are looked through for one that may be meant. */
const MOST_NAMES = 2000;

/**
 * Run `work`, which asks its environment and cannot wait, on the files of this computer, which have to be waited for. What is
 * not known yet is answered with "there is none" and noted; once read, `work` starts again, until it has asked nothing
 * new. So only the files that a document names are opened, and nothing blocks.
 *
 * @param work pure: its last run gives the result. Seed and time are the same in every run
 */
export async function settle<T>(
  library: ModelLibrary,
  place: DocumentPlace,
  work: (environment: Environment) => T,
): Promise<Settled<T>> {
  const environment = new FileEnvironment(library, place);
  // Most documents use the built-in model; knowing it saves them the second run.
  await environment.readModels(library.builtIn);
  for (;;) {
    const result = work(environment);
    if (!(await environment.readWanted())) return { result, unreadable: environment.unreadable() };
  }
}

class FileEnvironment implements Environment {
  readonly memory = memoryOfThisComputer();
  readonly outputFolder: string;
  readonly fileName: string;
  readonly now = new Date();
  readonly #seed = Math.floor(Math.random() * 2 ** 32);
  readonly #library: ModelLibrary;
  readonly #place: DocumentPlace;
  readonly #models = new Map<string, DescribedModel>();
  readonly #texts = new Map<string, string | null>();
  /** Undefined until somebody has asked for it and it was read. */
  #tokenizer: ClipTokenizer | null | undefined;
  #wantsTokenizer = false;
  readonly #inputs = new Map<string, MissingInput>();
  readonly #wantedModels = new Set<string>();
  readonly #wantedTexts = new Set<string>();
  readonly #wantedInputs = new Set<string>();
  /** What was asked for and has no usable file: the paths looked at, by kind and name. */
  readonly #unresolved = new Map<string, readonly string[]>();

  constructor(library: ModelLibrary, place: DocumentPlace) {
    this.#library = library;
    this.#place = place;
    this.outputFolder = dirname(place.path);
    this.fileName = basename(place.path, extname(place.path));
  }

  resolveModel(kind: NamedModelKind, name: string): ResolvedModel | null {
    const paths = this.#candidates(name);
    const found = paths.map((path) => ({ path, model: this.#model(path) }));
    const readable = found.flatMap(({ path, model }) => (model?.ok ? [{ path, ...model }] : []));
    const best = readable.find(({ description }) => FITS[kind].includes(description.kind));
    // A word in a prompt that happens to be the name of a LoRA is no embedding; a checkpoint under `vae:` is a mistake
    // that the plan can explain when it sees what the file is.
    const answer = best ?? (kind === 'embedding' ? undefined : readable[0]);
    const asked = `${kind} ${name}`;
    if (!answer) {
      // Any word of a prompt is asked for as an embedding.
      if (kind !== 'embedding') this.#unresolved.set(asked, paths);
      return null;
    }
    this.#unresolved.delete(asked);
    const { path, file, description } = answer;
    return { name: basename(path, extname(path)), file, description };
  }

  modelNames(kind: NamedModelKind): readonly string[] {
    const names = this.#library.files.flatMap(({ name, path }) => {
      // Embeddings are asked for with every prompt: a name that may be one is good enough, its file is read when a
      // prompt holds it. Other kinds are asked for only to suggest a name, which has to be right.
      const model = kind === 'embedding' ? this.#models.get(path) : this.#model(path);
      const fits = model === undefined ? kind === 'embedding' : model.ok && FITS[kind].includes(model.description.kind);
      return fits ? [name.split('/').at(-1)!] : [];
    });
    return [...new Set(names)];
  }

  readTravelFile(path: string, from: string): { path: string; text: string } | null {
    const absolute = resolve(dirname(from === '' ? this.#place.path : from), path);
    const text = this.#text(absolute);
    return text === null ? null : { path: absolute, text };
  }

  missingInput(path: string, kind: InputKind): MissingInput | null {
    const absolute = resolve(this.outputFolder, path);
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

  /** Read what was asked for in vain; false when nothing was. */
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
    const wantedTokenizer = this.#wantsTokenizer;
    if (wantedTokenizer) this.#tokenizer = await openTokenizer(this.#library.modelsFolder);
    this.#wantsTokenizer = false;
    return wantedTokenizer || models.length + texts.length + inputs.length > 0;
  }

  unreadable(): Unreadable[] {
    return [...new Set([...this.#unresolved.values()].flat())].flatMap((path) => {
      const model = this.#models.get(path);
      return model?.ok === false ? [{ path, reason: model.reason }] : [];
    });
  }

  /** Files of that name in the folders, then the file at that path beside the document, where a path is written. */
  #candidates(name: string): string[] {
    const listed = this.#library.find(name).map(({ path }) => path);
    const isPath = isAbsolute(name) || /[\\/]/.test(name) || MODEL_ENDING.test(name);
    const beside = resolve(this.outputFolder, name);
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
  // Where the folder is missing too, nothing in it can be meant.
  const names = found === 'nothing' ? await readdir(dirname(path)).catch(() => []) : [];
  return { found, names: names.slice(0, MOST_NAMES) };
}

async function readText(path: string): Promise<string | null> {
  try {
    const info = await stat(path);
    if (!info.isFile() || info.size > MOST_TEXT_BYTES) return null;
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch {
    // No such file, no access, no UTF-8: to the document it is not there, and the plan says so where it is named.
    return null;
  }
}
