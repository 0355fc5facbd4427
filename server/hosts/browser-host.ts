import type { Connection } from 'vscode-languageserver';
import { URI, Utils } from 'vscode-uri';
import type { Environment } from '../../grammar/clip/environment.ts';
import { wildcardLines, wildcardSteps } from '../../grammar/wildcards/file.ts';
import type { ModelDescription } from '../../plan/model.ts';
import { ClipTokenizer } from '../../prompt/clip-tokenizer.ts';
import { CLIP_MERGES, LIST_TEXTS, ListTextsAnswer, READ_TEXT, TextAnswer } from '../../protocol/language-server.ts';
import type { Configuration } from '../configuration.ts';
import { resolveRelative } from '../documents/relative-uri.ts';
import { assumedEnvironment } from './assumed-environment.ts';
import type { ServerHost, WildcardFile } from './server-host.ts';

/**
 * A browser: `.travel` files and wildcards are read through the client, which knows the workspace's file system. Models
 * lie on no disk, so their names are taken on trust. What stands for a path here is an address.
 */
export class BrowserHost implements ServerHost {
  /** The client knows where the extension came from. */
  readonly pages = null;
  readonly #connection: Connection;
  #wildcardFolders: readonly string[] = [];
  #readsFiles = true;
  #tokenizer: Promise<ClipTokenizer | null> | null = null;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  closeDisk(): void {
    this.#readsFiles = false;
  }

  async configure({ wildcardFolders }: Configuration): Promise<readonly string[]> {
    this.#wildcardFolders = wildcardFolders;
    return [];
  }

  async rescan(): Promise<readonly string[]> {
    return [];
  }

  async settle<T>(uri: string, work: (host: Environment) => T): Promise<T> {
    if (!this.#readsFiles) return work(assumedEnvironment);
    const texts = new Map<string, string | null>();
    const wanted = new Set<string>();
    const text = (address: string) => {
      const known = texts.get(address);
      if (known === undefined) wanted.add(address);
      return known ?? null;
    };
    const folders = this.#foldersOf(uri);
    const host: Environment = {
      ...assumedEnvironment,
      readTravelFile(path, from) {
        const address = resolveRelative(from === '' ? uri : from, path);
        const found = text(address);
        return found === null ? null : { path: address, text: found };
      },
      wildcard(name) {
        const steps = wildcardSteps(name);
        for (const folder of steps ? folders : []) {
          const found = text(`${Utils.joinPath(URI.parse(folder), ...(steps ?? []))}.txt`);
          if (found !== null) return wildcardLines(found);
        }
        return null;
      },
    };
    for (;;) {
      const result = work(host);
      if (wanted.size === 0) return result;
      const addresses = [...wanted];
      wanted.clear();
      await Promise.all(addresses.map(async (address) => texts.set(address, await this.#readText(address))));
    }
  }

  async wildcards(uri: string): Promise<readonly WildcardFile[]> {
    const found = new Map<string, WildcardFile>();
    for (const folder of this.#foldersOf(uri)) {
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
      if (text === null) throw new Error('the client has no such file');
      return new ClipTokenizer(text);
    } catch (error) {
      const reason = (error as Error).message;
      this.#connection.console.warn(`CLIP's vocabulary cannot be read, so tokens are not counted: ${reason}`);
      return null;
    }
  }

  #foldersOf(uri: string): string[] {
    return this.#readsFiles ? this.#wildcardFolders.map((path) => resolveRelative(uri, path)) : [];
  }
}
