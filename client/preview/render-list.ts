import { type Disposable, EventEmitter, type LogOutputChannel, type TextDocument } from 'vscode';
import { messageOf } from '../../plan/message-of.ts';
import type { Differences } from '../../protocol/differences.ts';
import type { RenderedClip } from '../../protocol/preview.ts';
import type { RendersPlace } from './former-places.ts';
import type { PreviewServer } from './preview-server.ts';
import type { RenderedFile, RenderedFiles } from './rendered-files.ts';
import type { Stars } from './stars.ts';

/** Someone types until then. */
const PAUSE_MS = 500;

/** Of longer lists, only the newest are compared with the text. */
const MOST_COMPARED = 40;

/** The renders of a document that are on the disk, and how each differs from the text now. */
export class RenderList implements Disposable {
  readonly #document: TextDocument;
  readonly #name: string;
  readonly #found: RenderedFiles;
  readonly #server: PreviewServer;
  readonly #stars: Stars;
  readonly #log: Pick<LogOutputChannel, 'error'>;
  readonly #changed = new EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  #files: readonly RenderedFile[] = [];
  /** By path; of files that were compared with the newest text. */
  #differences = new Map<string, Differences>();
  #scans = 0;
  #timer: NodeJS.Timeout | number | undefined;
  #isDisposed = false;

  constructor(
    document: TextDocument,
    name: string,
    found: RenderedFiles,
    server: PreviewServer,
    stars: Stars,
    log: Pick<LogOutputChannel, 'error'>,
  ) {
    this.#document = document;
    this.#name = name;
    this.#found = found;
    this.#server = server;
    this.#stars = stars;
    this.#log = log;
  }

  /** The newest first. */
  get files(): readonly RenderedFile[] {
    return this.#files;
  }

  /** How a render differs from the text; undefined if it was not compared yet. */
  differencesOf(path: string): Differences | undefined {
    return this.#differences.get(path);
  }

  /** As the page shows them. */
  get clips(): RenderedClip[] {
    return this.#files.map(({ path, name, date, seed, stopped }) => ({
      id: path,
      name,
      date,
      seed,
      stopped,
      differences: this.#differences.get(path)?.phrases ?? [],
      starred: this.#stars.has(path),
    }));
  }

  /** Looks for renders; the previous look ends. @param former where the file had its renders before it was renamed */
  async scan(folder: string, former: readonly RendersPlace[]): Promise<void> {
    const scan = ++this.#scans;
    try {
      for await (const { files, isAll } of this.#found.find([{ folder, name: this.#name, until: null }, ...former])) {
        if (scan !== this.#scans || this.#isDisposed) return;
        // What is listed stays until all are found: a shorter list would free the thumbnails of the others.
        const found = new Set(files.map(({ path }) => path));
        this.#files = isAll ? files : [...files, ...this.#files.filter(({ path }) => !found.has(path))];
        this.#changed.fire();
      }
      await this.#compare();
    } catch (error) {
      this.#log.error(`The renders in ${folder} cannot be listed: ${messageOf(error)}`);
    }
  }

  /** The text has changed. */
  compareSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#compare(), PAUSE_MS);
  }

  /** A file has a star now, or no longer. */
  async toggleStar(path: string): Promise<void> {
    await this.#stars.toggle(path);
    this.#changed.fire();
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    this.#changed.dispose();
  }

  async #compare(): Promise<void> {
    const files = this.#files.slice(0, MOST_COMPARED);
    if (files.length === 0) return;
    try {
      const { version } = this.#document;
      const all = await this.#server.differences(
        this.#document,
        files.map(({ source, seed }) => ({ source, seed })),
      );
      if (this.#isDisposed || version !== this.#document.version) return;
      this.#differences = new Map(files.flatMap(({ path }, i) => (all[i] ? [[path, all[i]] as const] : [])));
      this.#changed.fire();
    } catch (error) {
      this.#log.error(`The renders of ${this.#name} cannot be compared with its text: ${messageOf(error)}`);
    }
  }
}
