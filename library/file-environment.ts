import { readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, extname, isAbsolute, join, resolve, sep } from 'node:path';
import { whyUnreadable } from '../disk/why-unreadable.ts';
import type {
  Environment,
  InputImages,
  InputKind,
  MissingInput,
  NamedModelKind,
  ResolvedModel,
} from '../grammar/clip/environment.ts';
import { decodeWildcardFile, wildcardLines, wildcardSteps } from '../grammar/wildcards/file.ts';
import { readEmptyHints } from '../plan/empty-hints.ts';
import { type Machine, NO_MACHINE } from '../plan/machine.ts';
import type { FileRef } from '../plan/plan.ts';
import type { RefusedVideo, VideoHeader } from '../plan/video-header.ts';
import type { ClipTokenizer } from '../prompt/clip-tokenizer.ts';
import { EMPTY_HINTS } from '../protocol/cache-layout.ts';
import { cacheFolder } from './cache-folder.ts';
import { hasFfmpeg } from './has-ffmpeg.ts';
import { expandHome } from './home.ts';
import { knownDefect, MOST_KNOWN, readDefects } from './image-defects.ts';
import { findImages } from './images.ts';
import { memoryOfThisComputer, threadsOfThisComputer } from './memory.ts';
import type { ModelLibrary } from './model-library.ts';
import { NamedModels } from './named-models.ts';
import { openTokenizer } from './tokenizer.ts';
import { videoHeader } from './video-headers.ts';
import { oneByOne, Wanted } from './wanted.ts';
import { listWildcards } from './wildcards.ts';

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
  readonly #models: NamedModels;
  // By absolute path.
  readonly #texts: Wanted<string | null>;
  readonly #inputs = new Wanted<MissingInput>(oneByOne(lookFor));
  readonly #images = new Wanted<InputImages | null>(oneByOne(findImages));
  readonly #videos = new Wanted<VideoHeader | null>(oneByOne(videoHeader));
  /** Images whose headers were asked for, and those of them that have to be read. */
  readonly #checkedImages = new Set<string>();
  #imagesToRead: FileRef[] = [];
  // There is one of each of these, by `ONLY`.
  readonly #tokenizer: Wanted<ClipTokenizer | null>;
  readonly #wildcardNames: Wanted<readonly string[]>;
  readonly #hasFfmpeg: Wanted<boolean>;
  readonly #emptyHints: Wanted<ReadonlySet<string>>;

  constructor(library: ModelLibrary, place: DocumentPlace, texts: Map<string, string | null>) {
    this.#texts = new Wanted(oneByOne(readText), texts);
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
    this.#models = new NamedModels(library, this.#folder);
    this.outputFolder = this.machine.outputRoot ?? this.#folder;
    this.outputRoot = this.machine.outputRoot ?? place.outputRoot ?? null;
    this.fileName = basename(place.path, extname(place.path));
  }

  resolveModel(kind: NamedModelKind, name: string): ResolvedModel | null {
    return this.#models.resolve(kind, name);
  }

  unreadableModel(kind: NamedModelKind, name: string): string | null {
    return this.#models.unreadable(kind, name);
  }

  modelNames(kind: NamedModelKind): readonly string[] {
    return this.#models.names(kind);
  }

  possibleEmbeddings(): readonly string[] {
    return this.#models.possibleEmbeddings();
  }

  readTravelFile(path: string, from: string): { path: string; text: string } | null {
    const absolute = this.#absolute(path, from);
    const text = this.#texts.get(absolute) ?? null;
    return text === null ? null : { path: absolute, text };
  }

  missingInput(path: string, kind: InputKind, from = ''): MissingInput | null {
    const input = this.#inputs.get(this.#absolute(path, from));
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

  imageDefect(file: FileRef): RefusedVideo | null {
    // What does not stay known would be read with every check.
    if (this.#checkedImages.size >= MOST_KNOWN && !this.#checkedImages.has(file.path)) return null;
    const defect = knownDefect(file);
    if (defect === undefined && !this.#checkedImages.has(file.path)) this.#imagesToRead.push(file);
    this.#checkedImages.add(file.path);
    return defect ?? null;
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
      ...this.#models.wanted,
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
    const images = this.#imagesToRead;
    this.#imagesToRead = [];
    await readDefects(images);
    return hasRead || images.length > 0;
  }

  /** @param from the file that contains the path; '' for the document */
  #absolute(path: string, from: string): string {
    return resolve(dirname(from === '' ? this.#place.path : from), expandHome(path));
  }
}

async function lookFor(path: string): Promise<MissingInput> {
  const is = await whyUnreadable(path);
  if (is !== null) return { found: 'unreadable', is, names: [] };
  const found = await stat(path).then(
    (info) => (info.isDirectory() ? 'folder' : info.isFile() ? 'file' : 'other'),
    () => 'nothing' as const,
  );
  // If the folder is missing, too, there is nothing to suggest. A path of Windows has no folder on other systems.
  const isForeign = sep === '/' && basename(path).includes('\\');
  const names = found === 'nothing' && !isForeign ? await readdir(dirname(path)).catch(() => []) : [];
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
