import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { ServerHost } from '../hosts/server-host.ts';
import { nextSlice } from '../time-slices.ts';
import { Analysis } from './analysis.ts';
import { CachedEnvironment } from './cached-environment.ts';

interface OpenDocument {
  /** The client's; changes in place. */
  readonly source: TextDocument;
  readonly answers: CachedEnvironment;
  analysis: Analysis;
}

/** The documents that are open in the editor, each with the analysis of its newest version. */
export class OpenDocuments {
  readonly #host: ServerHost;
  readonly #open = new Map<string, OpenDocument>();

  constructor(host: ServerHost) {
    this.#host = host;
  }

  open(source: TextDocument): void {
    const answers = new CachedEnvironment(source.uri);
    this.#open.set(source.uri, { source, answers, analysis: new Analysis(source, answers) });
  }

  close(uri: string): void {
    this.#open.delete(uri);
  }

  get uris(): string[] {
    return [...this.#open.keys()];
  }

  /** The newest version, by what is known of its files; null when the document is not open. */
  analysis(uri: string): Analysis | null {
    const document = this.#open.get(uri);
    if (!document) return null;
    if (document.analysis.version !== document.source.version) {
      document.analysis = new Analysis(document.source, document.answers, document.analysis);
    }
    return document.analysis;
  }

  /**
   * The newest version, parsed; null when the document was closed.
   * @param isCancelled looked at before each piece of work
   */
  async parsed(uri: string, isCancelled: () => boolean): Promise<Analysis | null> {
    for (;;) {
      const analysis = this.analysis(uri);
      if (!analysis || isCancelled()) return null;
      await analysis.parse(() => !isCancelled() && analysis === this.analysis(uri));
      // All who wait for it answer one by one.
      await nextSlice();
      if (analysis === this.analysis(uri) && analysis.isParsed) return analysis;
    }
  }

  /**
   * The newest version, checked with all that the files it names have to say; null when the document was closed.
   * @param isCancelled looked at before each piece of work
   */
  async settled(uri: string, isCancelled: () => boolean): Promise<Analysis | null> {
    for (;;) {
      const document = this.#open.get(uri);
      const analysis = this.analysis(uri);
      if (!document || !analysis || isCancelled()) return null;
      const goOn = () => !isCancelled() && analysis === this.analysis(uri);
      if (!(await analysis.check(goOn))) continue;
      if (await document.answers.learn(this.#host)) analysis.recheck();
      else if (analysis === this.analysis(uri)) return analysis;
    }
  }

  /** Model files, wildcards or other `.travel` files have changed. */
  filesChanged(): void {
    for (const { answers, analysis } of this.#open.values()) {
      answers.forget();
      analysis.recheck();
    }
  }
}
