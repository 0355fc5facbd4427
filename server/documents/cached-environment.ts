import type {
  Environment,
  InputKind,
  MissingInput,
  NamedModelKind,
  ResolvedModel,
} from '../../grammar/clip/environment.ts';
import type { ClipTokenizer } from '../../prompt/clip-tokenizer.ts';
import type { ServerHost } from '../hosts/server-host.ts';

/** A question that could not be answered yet: asks it of a host that can, and keeps the answer. */
type Question = (host: Environment) => void;

/**
 * What is known of the files that one document names. Checks ask without waiting; what is not known is answered with
 * "there is none" and noted, and `learn` finds it out. So a keystroke costs no look at the disk.
 */
export class CachedEnvironment implements Environment {
  readonly outputFolder: string;
  readonly fileName: string;
  readonly now = new Date();
  /** One for as long as the document is open, so that what wildcards gave does not change under the reader. */
  readonly #seed = Math.floor(Math.random() * 2 ** 32);
  readonly #uri: string;
  #models = new Map<string, ResolvedModel | null>();
  #names = new Map<string, readonly string[]>();
  #texts = new Map<string, { readonly path: string; readonly text: string } | null>();
  #inputs = new Map<string, MissingInput | null>();
  #wildcards = new Map<string, readonly string[] | null>();
  readonly #memory = new Map<string, number | null>();
  #wanted = new Map<string, Question>();
  /** Undefined until somebody has asked for it and `learn` has fetched it. */
  #tokenizer: ClipTokenizer | null | undefined;
  #wantsTokenizer = false;
  /** The look at the disk that is going on. */
  #learning: Promise<void> | null = null;

  constructor(uri: string) {
    this.#uri = uri;
    const path = decodeURIComponent(uri.slice(0, uri.lastIndexOf('/')).replace(/^[a-z][\w+.-]*:(?:\/\/[^/]*)?/i, ''));
    this.outputFolder = path || '/';
    this.fileName = decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1)).replace(/\.[^.]*$/, '') || 'untitled';
  }

  resolveModel(kind: NamedModelKind, name: string): ResolvedModel | null {
    return this.#recall(this.#models, `model ${kind} ${name}`, null, (host) => host.resolveModel(kind, name));
  }

  modelNames(kind: NamedModelKind): readonly string[] {
    return this.#recall(this.#names, `names ${kind}`, [], (host) => host.modelNames(kind));
  }

  readTravelFile(path: string, from: string): { readonly path: string; readonly text: string } | null {
    return this.#recall(this.#texts, `file ${from} ${path}`, null, (host) => host.readTravelFile(path, from));
  }

  missingInput(path: string, kind: InputKind): MissingInput | null {
    return this.#recall(this.#inputs, `input ${kind} ${path}`, null, (host) => host.missingInput?.(path, kind) ?? null);
  }

  wildcard(name: string): readonly string[] | null {
    return this.#recall(this.#wildcards, `wildcard ${name}`, null, (host) => host.wildcard(name));
  }

  get memory(): number | null {
    return this.#recall(this.#memory, 'memory', null, (host) => host.memory ?? null);
  }

  get tokenizer(): ClipTokenizer | null {
    this.#wantsTokenizer ||= this.#tokenizer === undefined;
    return this.#tokenizer ?? null;
  }

  randomSeed(): number {
    return this.#seed;
  }

  /**
   * Finds out what was asked in vain. Who comes while that is going on waits for it, and then asks again.
   *
   * @returns whether there was anything to find out
   */
  async learn(host: Pick<ServerHost, 'settle' | 'tokenizer'>): Promise<boolean> {
    if (!this.#learning) {
      if (this.#wanted.size === 0 && !this.#wantsTokenizer) return false;
      this.#learning = this.#answer(host).finally(() => {
        this.#learning = null;
      });
    }
    await this.#learning;
    return true;
  }

  async #answer(host: Pick<ServerHost, 'settle' | 'tokenizer'>): Promise<void> {
    if (this.#wantsTokenizer) this.#tokenizer = await host.tokenizer();
    this.#wantsTokenizer = false;
    const questions = [...this.#wanted.values()];
    this.#wanted.clear();
    if (questions.length === 0) return;
    await host.settle(this.#uri, (answering) => {
      for (const ask of questions) ask(answering);
    });
  }

  /** Files have changed: everything is asked anew. */
  forget(): void {
    this.#models = new Map();
    this.#names = new Map();
    this.#texts = new Map();
    this.#inputs = new Map();
    this.#wildcards = new Map();
    this.#wanted = new Map();
  }

  #recall<T>(answers: Map<string, T>, key: string, none: T, ask: (host: Environment) => T): T {
    const known = answers.get(key);
    if (known !== undefined) return known;
    // The map is the one of this moment: an answer to a question from before `forget` goes nowhere.
    this.#wanted.set(key, (host) => answers.set(key, ask(host)));
    return none;
  }
}
