import type { Connection } from 'vscode-languageserver';
import { URI, Utils } from 'vscode-uri';
import type { Environment } from '../../grammar/clip/environment.ts';
import { wildcardLines, wildcardSteps } from '../../grammar/wildcards/file.ts';
import { LEFT_BY_SYSTEM } from '../../plan/input-endings.ts';
import type { ModelDescription } from '../../plan/model.ts';
import { ClipTokenizer } from '../../prompt/clip-tokenizer.ts';
import {
  CLIP_MERGES,
  LIST_FOLDER,
  LIST_TEXTS,
  ListFolderAnswer,
  ListTextsAnswer,
  READ_TEXT,
  TextAnswer,
} from '../../protocol/language-server.ts';
import type { Configuration } from '../configuration.ts';
import { resolveRelative } from '../documents/relative-uri.ts';
import { assumedEnvironment } from './assumed-environment.ts';
import type { FolderEntry, ServerHost, WildcardFile, WildcardFolders } from './server-host.ts';

/**
 * A browser: `.travel` files and wildcards are read through the client, which knows the workspace's file system. There
 * are no model files, so every model is assumed to exist. Paths in its `Environment` are URIs.
 */
export class BrowserHost implements ServerHost {
  /** The client knows where the extension came from. */
  readonly pages = null;
  readonly #connection: Connection;
  /** A browser has no model files. */
  readonly modelFolders = [];
  #wildcardFolders: WildcardFolders = async () => [];
  #readsFiles = true;
  #tokenizer: Promise<ClipTokenizer | null> | null = null;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  closeDisk(): void {
    this.#readsFiles = false;
  }

  /** Nothing is rendered in a browser. */
  openFolders(): void {}

  async configure(
    { wildcardFolders }: Configuration,
    foldersOf: WildcardFolders = async () => wildcardFolders,
  ): Promise<readonly string[]> {
    this.#wildcardFolders = foldersOf;
    return [];
  }

  async rescan(): Promise<readonly string[]> {
    return [];
  }

  /** A browser has no model files, and renders nothing. */
  hasFiles(): boolean {
    return false;
  }

  async settle<T>(uri: string, work: (environment: Environment) => T): Promise<T> {
    if (!this.#readsFiles) return work(assumedEnvironment);
    const texts = new Map<string, string | null>();
    const wanted = new Set<string>();
    const textOf = (file: string) => {
      const known = texts.get(file);
      if (known === undefined) wanted.add(file);
      return known ?? null;
    };
    let names: readonly string[] | null = null;
    let wantsNames = false;
    const folders = await this.#foldersOf(uri);
    const environment: Environment = {
      ...assumedEnvironment,
      readTravelFile(path, from) {
        const file = resolveRelative(from === '' ? uri : from, path);
        const text = file && textOf(file);
        return file === null || text === null ? null : { path: file, text };
      },
      wildcard(name) {
        const steps = wildcardSteps(name);
        for (const folder of steps ? folders : []) {
          const text = textOf(`${Utils.joinPath(URI.parse(folder), ...(steps ?? []))}.txt`);
          if (text !== null) return wildcardLines(text);
        }
        return null;
      },
      wildcardNames() {
        wantsNames ||= names === null;
        return names ?? [];
      },
    };
    for (;;) {
      const result = work(environment);
      if (wanted.size === 0 && !wantsNames) return result;
      if (wantsNames) names = (await this.wildcards(uri)).map(({ name }) => name);
      wantsNames = false;
      const files = [...wanted];
      wanted.clear();
      await Promise.all(files.map(async (file) => texts.set(file, await this.#readText(file))));
    }
  }

  async wildcards(uri: string): Promise<readonly WildcardFile[]> {
    const found = new Map<string, WildcardFile>();
    for (const folder of await this.#foldersOf(uri)) {
      const { uris } = ListTextsAnswer.parse(await this.#connection.sendRequest(LIST_TEXTS, { folder }));
      for (const file of uris) {
        const name = URI.parse(file)
          .path.slice(URI.parse(folder).path.length + 1)
          .replace(/\.txt$/, '');
        if (!found.has(name)) found.set(name, { name, uri: file });
      }
    }
    return [...found.values()];
  }

  /** A browser has no home folder and no drives. */
  async entries(uri: string, path: string): Promise<readonly FolderEntry[]> {
    const isRelative = !/^(?:~|[a-z]:)/i.test(path);
    const folder = this.#readsFiles && isRelative ? resolveRelative(uri, path || '.') : null;
    if (folder === null) return [];
    const { entries } = ListFolderAnswer.parse(await this.#connection.sendRequest(LIST_FOLDER, { folder }));
    return entries.filter(({ name }) => !LEFT_BY_SYSTEM.test(name));
  }

  tokenizer(): Promise<ClipTokenizer | null> {
    this.#tokenizer ??= this.#openTokenizer();
    return this.#tokenizer;
  }

  describe({ kind }: ModelDescription): string {
    return kind;
  }

  fileUri(path: string): string {
    return path;
  }

  watched(): { folder: null; glob: string }[] {
    return this.#readsFiles ? ['**/*.travel', '**/*.txt'].map((glob) => ({ folder: null, glob })) : [];
  }

  async #readText(uri: string): Promise<string | null> {
    return TextAnswer.parse(await this.#connection.sendRequest(READ_TEXT, { uri })).text;
  }

  async #openTokenizer(): Promise<ClipTokenizer | null> {
    try {
      const { text } = TextAnswer.parse(await this.#connection.sendRequest(CLIP_MERGES));
      if (text === null) throw new Error('the client did not find it');
      return new ClipTokenizer(text);
    } catch (error) {
      const reason = (error as Error).message;
      this.#connection.console.warn(`Tokens are not counted, because CLIP's vocabulary cannot be read: ${reason}`);
      return null;
    }
  }

  async #foldersOf(uri: string): Promise<string[]> {
    if (!this.#readsFiles) return [];
    return (await this.#wildcardFolders(uri)).flatMap((path) => resolveRelative(uri, path) ?? []);
  }
}
