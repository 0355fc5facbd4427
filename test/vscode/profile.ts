import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { startVsCodeServer } from './code-server.ts';
import { Person, WAIT_MS } from './person.ts';
import { processesWith } from './processes.ts';

export interface ProfileOptions {
  readonly browser: Browser;
  /** The folder of VS Code's server. */
  readonly vsCode: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly saveScreenshot: (page: Page, name: string) => Promise<void>;
}

/** A new profile of VS Code outside of the repository, so that nothing is found in the repository's `node_modules`. */
export class Profile implements AsyncDisposable {
  /** Absolute. */
  readonly folder: string;
  readonly #options: ProfileOptions;
  readonly #cleanup = new AsyncDisposableStack();
  readonly #pages: Page[] = [];

  private constructor(folder: string, options: ProfileOptions) {
    this.folder = folder;
    this.#options = options;
    this.#cleanup.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  }

  static async create(options: ProfileOptions): Promise<Profile> {
    const profile = new Profile(await mkdtemp(join(tmpdir(), 'travel-installed-')), options);
    const user = join(profile.data, 'data/User');
    await mkdir(user, { recursive: true });
    await writeFile(join(user, 'settings.json'), JSON.stringify(options.settings));
    return profile;
  }

  /** Of VS Code's server, with its settings and extensions. */
  get data(): string {
    return join(this.folder, 'data');
  }

  /** The value of XDG_CACHE_HOME. */
  get cacheHome(): string {
    return join(this.folder, 'cache');
  }

  get vsCode(): string {
    return this.#options.vsCode;
  }

  /** Starts the server, and opens a window without a folder. @param file absolute */
  async open(file: string): Promise<Person> {
    const server = await startVsCodeServer(this.vsCode, this.data, { XDG_CACHE_HOME: this.cacheHome });
    this.#cleanup.defer(() => this.#endProcesses());
    this.#cleanup.defer(() => server.stop());
    const page = await this.#options.browser.newPage({ viewport: { width: 1500, height: 900 } });
    this.#cleanup.defer(() => page.close());
    this.#pages.push(page);
    const payload = JSON.stringify([['openFile', `vscode-remote://${server.authority}${file}`]]);
    await page.goto(`http://${server.authority}/?${new URLSearchParams({ ew: 'true', payload })}`);
    await page.locator('.monaco-editor').first().waitFor({ timeout: WAIT_MS });
    return new Person(page);
  }

  screenshot({ page }: Person, name: string): Promise<void> {
    return this.#options.saveScreenshot(page, name);
  }

  /** Of all windows. */
  async screenshots(name: string): Promise<void> {
    for (const [i, page] of this.#pages.entries()) await this.#options.saveScreenshot(page, `${name}-${i + 1}`);
  }

  /** The render service would wait for windows, and use the cache. */
  #endProcesses(): void {
    for (const { pid, kind } of processesWith(this.cacheHome)) if (kind === 'render service') process.kill(pid);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cleanup.disposeAsync();
  }
}
