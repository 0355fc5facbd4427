import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Environment } from '../../grammar/clip/environment.ts';
import { cacheFolder } from '../../library/cache-folder.ts';
import { settle } from '../../library/file-environment.ts';
import { modelRoot } from '../../library/folders.ts';
import { openHeaderCache } from '../../library/header-cache.ts';
import { expandHome } from '../../library/home.ts';
import { listFolder } from '../../library/list-folder.ts';
import { thisMachine } from '../../library/machine.ts';
import { ModelLibrary } from '../../library/model-library.ts';
import { outputRootOf } from '../../library/output-root.ts';
import { openTokenizer } from '../../library/tokenizer.ts';
import { isWritable, listTravelFiles, readTravelText } from '../../library/travel-files.ts';
import { listWildcards } from '../../library/wildcards.ts';
import { NAMED_ENDINGS } from '../../plan/input-endings.ts';
import { MODEL_ENDINGS, type ModelDescription } from '../../plan/model.ts';
import { type RenderTime, readRenderTimes } from '../../plan/render-cost.ts';
import type { ClipTokenizer } from '../../prompt/clip-tokenizer.ts';
import { EMPTY_HINTS, RENDER_TIMES } from '../../protocol/cache-layout.ts';
import { describeText } from '../../weights/describe-text.ts';
import type { Configuration } from '../configuration.ts';
import { parseUri } from '../documents/relative-uri.ts';
import { assumedEnvironment } from './assumed-environment.ts';
import type { FolderEntry, ServerHost, TravelFiles, WildcardFile, WildcardFolders } from './server-host.ts';

const MODEL_FILES = `**/*.{${MODEL_ENDINGS},onnx}`;

/** Other files that documents name: `.travel` files, wildcards, images and videos. */
const NAMED_FILES = `**/*.{travel,txt,${NAMED_ENDINGS}}`;

/** A computer with a disk, which has the user's model folders, wildcards and `.travel` files. */
export class NodeHost implements ServerHost {
  readonly pages: string;
  readonly #modelsFolder: string;
  readonly #headers = openHeaderCache(cacheFolder());
  #machine = thisMachine({ environment: process.env }).machine;
  #readsFiles = true;
  #modelFolders: readonly string[] = [];
  #wildcardFolders: WildcardFolders = async () => [];
  /** Absolute paths of the workspace folders. */
  #folders: readonly string[] = [];
  #library: Promise<ModelLibrary>;

  /** @param packageFolder the installed package with its `docs/` and `models/`; ends with `/` */
  constructor(packageFolder: URL) {
    this.pages = new URL('docs/diagnostics/', packageFolder).href;
    this.#modelsFolder = fileURLToPath(new URL('models', packageFolder));
    this.#library = this.#libraryOf([]);
  }

  readonly travelFiles: TravelFiles = {
    list: async (uri) => {
      const path = this.#readsFiles ? savedPath(uri) : null;
      if (path === null) return { uris: [], isComplete: true };
      const folder = this.#workspaceFolder(path);
      const { paths, isComplete } = await listTravelFiles([folder ?? dirname(path)], folder !== null);
      return { uris: paths.map((file) => this.fileUri(file)), isComplete };
    },
    read: async (uri) => {
      const path = this.#readsFiles ? savedPath(uri) : null;
      return path === null ? null : readTravelText(path);
    },
    resolve: (uri, path) => {
      const from = pathOf(uri);
      return from === null ? null : this.fileUri(resolve(dirname(from), expandHome(path)));
    },
    isEditable: async (uri) => {
      const path = savedPath(uri);
      return path !== null && isWritable(path);
    },
  };

  closeDisk(): void {
    this.#readsFiles = false;
  }

  openFolders(uris: readonly string[]): void {
    this.#folders = uris.flatMap((uri) => savedPath(uri) ?? []);
  }

  async configure(
    { modelFolders, wildcardFolders, ...settings }: Configuration,
    foldersOf: WildcardFolders = async () => wildcardFolders,
  ): Promise<readonly string[]> {
    this.#modelFolders = modelFolders;
    this.#wildcardFolders = foldersOf;
    const { machine, wrong } = thisMachine({ environment: process.env, settings });
    this.#machine = machine;
    return [...wrong, ...(await this.rescan())];
  }

  get modelFolders(): readonly string[] {
    const fromEnvironment = (process.env.TRAVEL_MODELS ?? '').split(delimiter).filter(Boolean);
    return this.#readsFiles ? [...this.#modelFolders, ...fromEnvironment] : [];
  }

  async rescan(): Promise<readonly string[]> {
    const opening = this.#openLibrary();
    // Before it is open, so that questions asked meanwhile wait for the new folders.
    this.#library = opening.then(({ library }) => library);
    return (await opening).reasons;
  }

  hasFiles(uri: string): boolean {
    return this.#readsFiles && savedPath(uri) !== null;
  }

  async settle<T>(uri: string, work: (environment: Environment) => T): Promise<T> {
    const path = this.#readsFiles ? pathOf(uri) : null;
    if (path === null) return work(assumedEnvironment);
    const wildcardFolders = await this.#wildcardFoldersOf(uri);
    const place = { path, wildcardFolders, outputRoot: await this.#outputRoot(path), machine: this.#machine };
    return settle(await this.#library, place, work);
  }

  async wildcards(uri: string): Promise<readonly WildcardFile[]> {
    const found = await listWildcards(await this.#wildcardFoldersOf(uri));
    return found.map(({ name, path }) => ({ name, uri: this.fileUri(path) }));
  }

  async entries(uri: string, path: string): Promise<readonly FolderEntry[]> {
    const from = this.#readsFiles ? savedPath(uri) : null;
    return from === null || path.includes('\0') ? [] : listFolder(resolve(dirname(from), expandHome(path)));
  }

  tokenizer(): Promise<ClipTokenizer | null> {
    return openTokenizer(this.#modelsFolder);
  }

  describe(description: ModelDescription): string {
    return describeText(description);
  }

  fileUri(path: string): string {
    return pathToFileURL(path).href;
  }

  /** Another process writes them. If they cannot be read, nothing is estimated. */
  async renderTimes(): Promise<readonly RenderTime[]> {
    const text = await readFile(join(cacheFolder(), RENDER_TIMES), 'utf8').catch(() => '');
    return readRenderTimes(text);
  }

  watched(): { folder: string | null; glob: string }[] {
    if (!this.#readsFiles) return [];
    const folders = this.modelFolders.map((folder) => pathToFileURL(resolve(folder)).href);
    return [
      ...[MODEL_FILES, NAMED_FILES].map((glob) => ({ folder: null, glob })),
      ...folders.map((folder) => ({ folder, glob: MODEL_FILES })),
      { folder: pathToFileURL(cacheFolder()).href, glob: EMPTY_HINTS },
    ];
  }

  async #openLibrary(): Promise<{ library: ModelLibrary; reasons: string[] }> {
    const reasons: string[] = [];
    const roots: string[] = [];
    for (const folder of this.modelFolders) {
      // A missing folder, such as one on an external drive, must not keep the others from being used.
      await modelRoot(folder).then(
        () => roots.push(folder),
        (error: Error) => reasons.push(error.message),
      );
    }
    const library = await this.#libraryOf(roots);
    const unreadable = library.unreadable.map(({ reason }) => reason);
    return { library, reasons: [...reasons, ...unreadable, ...library.notices] };
  }

  #libraryOf(roots: readonly string[]): Promise<ModelLibrary> {
    const [modelsFolder, hashFolder] = [this.#modelsFolder, cacheFolder()];
    return ModelLibrary.open({ modelsFolder, roots, headers: this.#headers, hashFolder });
  }

  /** The innermost workspace folder with the document; otherwise as on the command line. */
  async #outputRoot(path: string): Promise<string> {
    return this.#workspaceFolder(path) ?? (await outputRootOf(dirname(path)));
  }

  /** The innermost one with a file. */
  #workspaceFolder(path: string): string | null {
    const around = this.#folders.filter((folder) => path.startsWith(folder.endsWith(sep) ? folder : folder + sep));
    return around.sort((a, b) => b.length - a.length)[0] ?? null;
  }

  async #wildcardFoldersOf(uri: string): Promise<string[]> {
    const path = this.#readsFiles ? pathOf(uri) : null;
    if (path === null) return [];
    return (await this.#wildcardFolders(uri)).map((folder) => resolve(dirname(path), folder));
  }
}

/**
 * null if only the editor can read the document's file system. Relative paths in a document that was never saved start
 * in the folder that the server was started in.
 */
function pathOf(uri: string): string | null {
  return uri.startsWith('untitled:') ? resolve('untitled.travel') : savedPath(uri);
}

/** The path of a file on this computer. null for other URIs, and for those that do not name one file without doubt. */
function savedPath(uri: string): string | null {
  const parsed = /^file:/i.test(uri) && !/%2f|%00/i.test(uri) ? parseUri(uri) : null;
  if (!parsed) return null;
  if (parsed.authority === 'localhost') return parsed.with({ authority: '' }).fsPath;
  // Only Windows opens files of another host by their path.
  return parsed.authority === '' || process.platform === 'win32' ? parsed.fsPath : null;
}
