import { foreignReader } from '../../exchange/foreign-reader.ts';
import { possibleEmbeddings } from '../../grammar/clip/embedding-names.ts';
import type {
  Environment,
  InputImages,
  InputKind,
  MissingInput,
  NamedModelKind,
  ResolvedModel,
} from '../../grammar/clip/environment.ts';
import { NO_MACHINE } from '../../plan/machine.ts';
import type { FileRef } from '../../plan/plan.ts';
import type { RefusedVideo, VideoHeader } from '../../plan/video-header.ts';
import type { ClipTokenizer } from '../../prompt/clip-tokenizer.ts';
import type { ServerHost } from '../hosts/server-host.ts';

/** A question without an answer yet: asks it of an environment that can answer, and keeps the answer. */
type Question = (environment: Environment) => void;

/**
 * What is known of the files that one document names. Checks ask without waiting: an unknown file counts as missing and
 * is noted, and `learn` looks it up. So a keystroke reads nothing from the disk.
 */
export class CachedEnvironment implements Environment {
  readonly foreign = foreignReader;
  /** The answer to `randomSeed`: one until it is set, so that the prompts that wildcards give stay as they are. */
  seed: number;
  readonly #uri: string;
  readonly #openText: (path: string) => string | null;
  #models = new Map<string, ResolvedModel | null>();
  #unreadable = new Map<string, string | null>();
  #names = new Map<string, readonly string[]>();
  #texts = new Map<string, { readonly path: string; readonly text: string } | null>();
  #inputs = new Map<string, MissingInput | null>();
  #images = new Map<string, InputImages | null>();
  #videos = new Map<string, VideoHeader | null>();
  #defects = new Map<string, RefusedVideo | null>();
  #programs = new Map<string, boolean | null>();
  #emptyHints = new Map<string, ReadonlySet<string> | null>();
  #wildcards = new Map<string, readonly string[] | null>();
  readonly #memory = new Map<string, number | null>();
  #threads = new Map<string, number | null>();
  #place = new Map<string, string>();
  #optionalPlace = new Map<string, string | null>();
  #machine = new Map<string, NonNullable<Environment['machine']>>();
  #wanted = new Map<string, Question>();
  /** Undefined until a check has asked for it and `learn` has loaded it. */
  #tokenizer: ClipTokenizer | null | undefined;
  #wantsTokenizer = false;
  /** The lookup in progress. */
  #learning: Promise<void> | null = null;

  /** @param openText the text of a file that is open in the editor, which may not be saved; null if it is not open */
  constructor(uri: string, seed: number, openText: (path: string) => string | null = () => null) {
    this.#uri = uri;
    this.seed = seed;
    this.#openText = openText;
  }

  resolveModel(kind: NamedModelKind, name: string): ResolvedModel | null {
    return this.#recall(this.#models, `model ${kind} ${name}`, null, (files) => files.resolveModel(kind, name));
  }

  unreadableModel(kind: NamedModelKind, name: string): string | null {
    const ask = (files: Environment) => files.unreadableModel?.(kind, name) ?? null;
    return this.#recall(this.#unreadable, `unreadable ${kind} ${name}`, null, ask);
  }

  modelNames(kind: NamedModelKind): readonly string[] {
    return this.#recall(this.#names, `names ${kind}`, [], (files) => files.modelNames(kind));
  }

  possibleEmbeddings(): readonly string[] {
    return this.#recall(this.#names, 'possible embeddings', [], possibleEmbeddings);
  }

  readTravelFile(path: string, from: string): { readonly path: string; readonly text: string } | null {
    const file = this.#recall(this.#texts, `file ${from} ${path}`, null, (files) => files.readTravelFile(path, from));
    return file && { path: file.path, text: this.#openText(file.path) ?? file.text };
  }

  /** The paths of the files that the document extends. */
  get extendedPaths(): string[] {
    return [...this.#texts.values()].flatMap((file) => file?.path ?? []);
  }

  missingInput(path: string, kind: InputKind, from = ''): MissingInput | null {
    const ask = (files: Environment) => files.missingInput?.(path, kind, from) ?? null;
    return this.#recall(this.#inputs, `input ${kind} ${from} ${path}`, null, ask);
  }

  inputImages(path: string, from: string): InputImages | null {
    const ask = (files: Environment) => files.inputImages?.(path, from) ?? null;
    return this.#recall(this.#images, `images ${from} ${path}`, null, ask);
  }

  inputVideo(path: string, from: string): VideoHeader | null {
    const ask = (files: Environment) => files.inputVideo?.(path, from) ?? null;
    return this.#recall(this.#videos, `video ${from} ${path}`, null, ask);
  }

  imageDefect(file: FileRef): RefusedVideo | null {
    return this.#recall(this.#defects, `image ${file.path}`, null, (files) => files.imageDefect?.(file) ?? null);
  }

  get emptyHints(): ReadonlySet<string> | null {
    return this.#recall(this.#emptyHints, 'empty hints', null, (files) => files.emptyHints ?? null);
  }

  get hasFfmpeg(): boolean | null {
    return this.#recall(this.#programs, 'ffmpeg', null, (files) => files.hasFfmpeg ?? null);
  }

  wildcard(name: string): readonly string[] | null {
    return this.#recall(this.#wildcards, `wildcard ${name}`, null, (files) => files.wildcard(name));
  }

  wildcardNames(): readonly string[] {
    return this.#recall(this.#names, 'wildcards', [], (files) => files.wildcardNames());
  }

  get memory(): number | null {
    return this.#recall(this.#memory, 'memory', null, (files) => files.memory ?? null);
  }

  get threads(): number | null {
    return this.#recall(this.#threads, 'threads', null, (files) => files.threads ?? null);
  }

  get outputFolder(): string {
    return this.#recall(this.#place, 'output folder', '/', (files) => files.outputFolder);
  }

  get homeFolder(): string | null {
    return this.#recall(this.#optionalPlace, 'home folder', null, (files) => files.homeFolder ?? null);
  }

  get outputRoot(): string | null {
    return this.#recall(this.#optionalPlace, 'output root', null, (files) => files.outputRoot ?? null);
  }

  get machine(): NonNullable<Environment['machine']> {
    return this.#recall(this.#machine, 'machine', NO_MACHINE, (files) => files.machine ?? NO_MACHINE);
  }

  get fileName(): string {
    return this.#recall(this.#place, 'file name', 'untitled', (files) => files.fileName);
  }

  get tokenizer(): ClipTokenizer | null {
    this.#wantsTokenizer ||= this.#tokenizer === undefined;
    return this.#tokenizer ?? null;
  }

  /** The time of the question: a plan is of the moment that it is asked for, however long its document was open. */
  get now(): Date {
    return new Date();
  }

  randomSeed(): number {
    return this.seed;
  }

  /**
   * Looks up everything that was asked and not known. Callers that come during a lookup wait for it; they have to ask
   * again.
   *
   * @returns whether there was anything to look up
   */
  async learn(host: Pick<ServerHost, 'settle' | 'tokenizer'>): Promise<boolean> {
    if (!this.#learning) {
      if (this.#wanted.size === 0 && !this.#wantsTokenizer) return false;
      this.#learning = this.#lookUp(host).finally(() => {
        this.#learning = null;
      });
    }
    await this.#learning;
    return true;
  }

  async #lookUp(host: Pick<ServerHost, 'settle' | 'tokenizer'>): Promise<void> {
    if (this.#wantsTokenizer) this.#tokenizer = await host.tokenizer();
    this.#wantsTokenizer = false;
    const questions = [...this.#wanted.values()];
    this.#wanted.clear();
    if (questions.length === 0) return;
    await host.settle(this.#uri, (environment) => {
      for (const ask of questions) ask(environment);
    });
  }

  /** Files or settings may have changed: every question is asked again. */
  forget(): void {
    this.#place = new Map();
    this.#optionalPlace = new Map();
    this.#machine = new Map();
    this.#threads = new Map();
    this.#models = new Map();
    this.#unreadable = new Map();
    this.#names = new Map();
    this.#texts = new Map();
    this.#inputs = new Map();
    this.#images = new Map();
    this.#videos = new Map();
    this.#defects = new Map();
    this.#programs = new Map();
    this.#emptyHints = new Map();
    this.#wildcards = new Map();
    this.#wanted = new Map();
  }

  #recall<T>(answers: Map<string, T>, key: string, unknown: T, ask: (environment: Environment) => T): T {
    const known = answers.get(key);
    if (known !== undefined) return known;
    // `answers` is the map of this moment: an answer to a question from before `forget` is dropped.
    this.#wanted.set(key, (environment) => answers.set(key, ask(environment)));
    return unknown;
  }
}
