import { join } from 'node:path';
import type { ViewportSize } from 'playwright-core';
import { openBrowser } from './browser.ts';
import { installVsCodeServer, startVsCodeServer } from './code-server.ts';
import type { Verdict } from './driver.ts';
import { cacheOf, freshFolders, KEPT, ROOT, type SuiteBase, saveScreenshot } from './folders.ts';
import { Person } from './person.ts';

/** What a window shows when it opens. */
export interface Opened {
  /** In the workspace; without it, no file is open. */
  readonly file?: string;
  /** Whether the folder of the workspace is open, too. */
  readonly folder: boolean;
  /** Runs in each page of the window before its own scripts. */
  readonly script?: string;
}

/** A VS Code with its own settings, data and cache, seen from outside. */
export interface Session extends AsyncDisposable {
  /** Absolute. */
  readonly workspace: string;
  /** The value of XDG_CACHE_HOME, absolute. */
  readonly cacheHome: string;
  /** Resolves with the output of VS Code's server if it ends. */
  readonly ended: Promise<string>;
  /** Opens a window, and waits until its file can be edited. */
  open(what: Opened): Promise<Person>;
  screenshot(person: Person, name: string): Promise<void>;
  /** Of all windows. */
  screenshots(name: string): Promise<void>;
  closeAll(): Promise<void>;
}

/** @param viewport size of the windows in CSS pixels */
export async function startSession(
  suite: SuiteBase,
  viewport: ViewportSize = { width: 1500, height: 900 },
): Promise<Session> {
  const vsCode = await installVsCodeServer(join(KEPT, 'code-server'));
  const { workspace, data } = await freshFolders(suite);
  await using cleanup = new AsyncDisposableStack();
  const browser = await openBrowser();
  cleanup.defer(() => browser.close());
  const server = await startVsCodeServer(vsCode, data, cacheOf(suite));
  cleanup.defer(() => server.stop());
  const remote = `vscode-remote://${server.authority}`;
  const screenshot = ({ page }: Person, name: string) => saveScreenshot(page, `${suite.name}-${name}`);
  let people: Person[] = [];
  const owned = cleanup.move();
  return {
    workspace,
    cacheHome: cacheOf(suite).XDG_CACHE_HOME,
    ended: server.ended,
    screenshot,
    async open({ file, folder, script }) {
      const page = await browser.newPage({ viewport });
      if (script !== undefined) await page.addInitScript(script);
      const person = new Person(page);
      people.push(person);
      const payload = JSON.stringify([
        ['extensionDevelopmentPath', `${remote}${ROOT}`],
        ...(file === undefined ? [] : [['openFile', `${remote}${join(workspace, file)}`]]),
      ]);
      const query = new URLSearchParams({ ...(folder ? { folder: workspace } : { ew: 'true' }), payload });
      await page.goto(`http://${server.authority}/?${query}`);
      if (file === undefined) await page.locator('.monaco-workbench').waitFor();
      else await person.seeTravelFile();
      return person;
    },
    async screenshots(name) {
      for (const [i, person] of people.entries()) await screenshot(person, `${name}-${i + 1}`);
    },
    async closeAll() {
      for (const { page } of people) {
        // VS Code takes leave of its server, which otherwise waits for the window to connect again.
        await page.goto('about:blank');
        await page.close();
      }
      people = [];
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Tests by name, which run outside of VS Code. */
export type OuterTests = Readonly<Record<string, (session: Session) => Promise<void>>>;

/** @param grep selects tests */
export async function runOuterTests(session: Session, tests: OuterTests, grep: string): Promise<Verdict> {
  const failures: string[] = [];
  const selected = Object.entries(tests).filter(([name]) => new RegExp(grep).test(name));
  for (const [name, test] of selected) {
    try {
      await test(session);
      console.log(`passed: ${name}`);
    } catch (error) {
      failures.push(`${name}\n${(error as Error).stack}`);
      await session.screenshots(`failed-${name.replaceAll(/\W+/g, '-')}`);
    }
    await session.closeAll();
  }
  const passed = selected.length - failures.length;
  return failures.length === 0 ? { ok: true, passed } : { ok: false, passed, failures };
}
