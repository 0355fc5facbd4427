import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { ClipOptions } from '../../grammar/clip/context.ts';
import type { Environment } from '../../grammar/clip/environment.ts';
import { type ResolvedClip, resolveClipSliced } from '../../grammar/language.ts';
import type { Problem } from '../../grammar/problem.ts';
import type { SlicedTask } from '../../grammar/sliced-task.ts';
import { assumedEnvironment } from '../hosts/assumed-environment.ts';
import type { ServerHost } from '../hosts/server-host.ts';
import { nextSlice, runSliced } from '../time-slices.ts';
import { Analysis } from './analysis.ts';
import { CachedEnvironment } from './cached-environment.ts';
import { normalUri } from './relative-uri.ts';

interface OpenDocument {
  /** The client's; changes in place. */
  readonly source: TextDocument;
  readonly environment: CachedEnvironment;
  analysis: Analysis;
}

/** The documents that are open in the editor, each with the analysis of its newest version. */
export class OpenDocuments {
  readonly #host: ServerHost;
  readonly #randomSeed: () => number;
  readonly #open = new Map<string, OpenDocument>();

  /** @param randomSeed seeds for `seed: -1`, 0 … 2³² − 1 */
  constructor(host: ServerHost, randomSeed: () => number = () => Math.floor(Math.random() * 2 ** 32)) {
    this.#host = host;
    this.#randomSeed = randomSeed;
  }

  open(source: TextDocument): void {
    const environment = this.#environmentOf(source.uri, this.#randomSeed());
    this.#open.set(source.uri, { source, environment, analysis: new Analysis(source, environment) });
  }

  #environmentOf(uri: string, seed: number): CachedEnvironment {
    return new CachedEnvironment(uri, seed, (path) => this.#textOf(this.#host.fileUri(path)));
  }

  #textOf(uri: string): string | null {
    const key = normalUri(uri);
    const open = [...this.#open.values()].find(({ source }) => normalUri(source.uri) === key);
    return open?.source.getText() ?? null;
  }

  /** Whether another open document extends this one, so that a change of it changes the other, too. */
  isExtended(uri: string): boolean {
    const key = normalUri(uri);
    return [...this.#open.values()].some(({ environment }) =>
      environment.extendedPaths.some((path) => normalUri(this.#host.fileUri(path)) === key),
    );
  }

  close(uri: string): void {
    this.#open.delete(uri);
  }

  get uris(): string[] {
    return [...this.#open.keys()];
  }

  /** The newest texts, which may not be saved. */
  get texts(): { readonly uri: string; readonly text: string }[] {
    return [...this.#open.values()].map(({ source }) => ({ uri: source.uri, text: source.getText() }));
  }

  /** The newest version, by what is known of its files; null if the document is not open. */
  analysis(uri: string): Analysis | null {
    const document = this.#open.get(uri);
    if (!document) return null;
    if (document.analysis.version !== document.source.version) {
      document.analysis = new Analysis(document.source, document.environment, document.analysis);
    }
    return document.analysis;
  }

  /**
   * The newest version, parsed; null if the document is not open (any more) or the request is canceled.
   * @param isCancelled asked before each slice
   */
  async parsed(uri: string, isCancelled: () => boolean): Promise<Analysis | null> {
    for (;;) {
      const analysis = this.analysis(uri);
      if (!analysis || isCancelled()) return null;
      await analysis.parse(() => !isCancelled() && analysis === this.analysis(uri));
      // Everybody who waits for it answers in a slice of its own.
      await nextSlice();
      if (analysis === this.analysis(uri) && analysis.isParsed) return analysis;
    }
  }

  /**
   * The newest version, checked with every file that it names looked up; null as for `parsed`.
   * @param isCancelled asked before each slice
   */
  async settled(uri: string, isCancelled: () => boolean): Promise<Analysis | null> {
    for (;;) {
      const document = this.#open.get(uri);
      const analysis = this.analysis(uri);
      if (!document || !analysis || isCancelled()) return null;
      const goOn = () => !isCancelled() && analysis === this.analysis(uri);
      if (!(await analysis.check(goOn))) continue;
      if (await document.environment.learn(this.#host)) analysis.recheck();
      else if (analysis === this.analysis(uri)) return analysis;
    }
  }

  /**
   * The problems of the text alone, as if every file that it names existed; null as for `parsed`.
   * @param isCancelled asked before each slice
   */
  async checkedAlone(uri: string, isCancelled: () => boolean): Promise<Analysis | null> {
    for (;;) {
      const source = this.#open.get(uri)?.source;
      if (!source || isCancelled()) return null;
      const analysis = new Analysis(source, assumedEnvironment);
      const isNewest = () => analysis.version === this.#open.get(uri)?.source.version;
      if (await analysis.check(() => !isCancelled() && isNewest())) return analysis;
    }
  }

  /**
   * The newest version, and what is planned of it, both by the files as they are now: what was known of them is looked
   * up again.
   *
   * @param options settings and frames other than the document's own
   * @param build makes the plan of the checked clip; null if errors keep it from being rendered
   * @param isCancelled asked before each slice
   * @returns null as for `parsed`; `problems` are those of the document with these options
   */
  async planned<T>(
    uri: string,
    options: ClipOptions,
    build: (clip: ResolvedClip) => T | null,
    isCancelled: () => boolean,
  ): Promise<{ readonly analysis: Analysis; readonly problems: readonly Problem[]; readonly plan: T | null } | null> {
    const document = this.#open.get(uri);
    if (document) forgetFiles(document);
    const { frames, overrides, locked } = options;
    const isOwn = frames === undefined && overrides === undefined && locked === undefined;
    for (;;) {
      const analysis = await this.settled(uri, isCancelled);
      const environment = this.#open.get(uri)?.environment;
      if (!analysis || !environment) return null;
      const goOn = () => !isCancelled() && analysis === this.analysis(uri);
      const clip = isOwn
        ? analysis.clip
        : await runSliced(resolveClipSliced(analysis.document, environment, options), goOn);
      if (!clip) continue;
      const plan = build(clip);
      // A plan asks more than the checks do, such as which embeddings its prompts name.
      if (!(await environment.learn(this.#host))) return { analysis, problems: clip.problems, plan };
    }
  }

  /**
   * What can be said of the newest version without its checks, with the files that `ask` asks for looked up.
   *
   * @param isCancelled asked before each slice
   * @returns null as for `parsed`
   */
  async answered<T>(uri: string, ask: (analysis: Analysis) => T, isCancelled: () => boolean): Promise<T | null> {
    for (;;) {
      const analysis = await this.parsed(uri, isCancelled);
      const environment = this.#open.get(uri)?.environment;
      if (!analysis || !environment) return null;
      const answer = ask(analysis);
      if (!(await environment.learn(this.#host))) return answer;
      analysis.recheck();
    }
  }

  /**
   * Works on another text as if it were a document's, with every file looked up.
   *
   * @param seed of the other text, if it rolls one
   * @param isCancelled asked before each slice
   * @returns null if the request is canceled
   */
  async resolveInstead<T>(
    uri: string,
    seed: number,
    work: (environment: Environment) => SlicedTask<T>,
    isCancelled: () => boolean,
  ): Promise<T | null> {
    const environment = this.#environmentOf(uri, seed);
    for (;;) {
      const result = await runSliced(work(environment), () => !isCancelled());
      if (result === null || !(await environment.learn(this.#host))) return result;
    }
  }

  /**
   * Another seed for a document whose `seed` is −1.
   * @returns the seed; null if the document is not open
   */
  rollSeed(uri: string): number | null {
    const document = this.#open.get(uri);
    if (!document) return null;
    document.environment.seed = this.#randomSeed();
    document.analysis.recheck();
    return document.environment.seed;
  }

  /** Model files, wildcards or other `.travel` files have changed. */
  filesChanged(): void {
    for (const document of this.#open.values()) forgetFiles(document);
  }
}

function forgetFiles({ environment, analysis }: OpenDocument): void {
  environment.forget();
  analysis.recheck();
}
