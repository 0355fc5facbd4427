/**
 * Runs the suites inside a real VS Code: the server in the npm package `code-server` with Chromium or, with
 * TRAVEL_VSCODE=download, a desktop VS Code downloaded by `@vscode/test-electron`. Arguments select suites, TRAVEL_GREP
 * selects tests.
 */
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { chromiumPath, openBrowser } from './browser.ts';
import { installVsCodeServer, startVsCodeServer } from './code-server.ts';
import { startDriver, type Verdict } from './driver.ts';
import { FIRST_RUN } from './first-run.ts';
import { cacheOf, freshFolders, KEPT, ROOT, SCREENSHOTS, type SuiteBase, saveScreenshot } from './folders.ts';
import { testInstalled } from './installed.ts';
import { WAIT_MS } from './person.ts';
import { PreviewFrame } from './preview-frame.ts';
import { Profile } from './profile.ts';
import { type OuterTests, runOuterTests, startSession } from './session.ts';
import { SURVIVAL } from './survival.ts';

/** Longer than the suites take on a slow machine, so that only a window that hangs ends the run. */
const TIMEOUT_MS = 40 * 60_000;

/** Tests that VS Code runs. */
interface InnerSuite extends SuiteBase {
  /** Extension and tests run in a Node process, or in a browser worker as in VS Code for the Web. */
  readonly host: 'process' | 'worker';
  /** The file in `suite/` whose `run()` VS Code calls. */
  readonly entry: string;
}

/** Tests that this process runs, because they end VS Code's processes, or must not have any influence on them. */
interface OuterSuite extends SuiteBase {
  readonly host: 'outside';
  readonly tests: OuterTests;
}

/** Tests of the packages, whose extension is installed. This process runs them. */
interface InstalledSuite extends SuiteBase {
  readonly host: 'installed';
}

type Suite = InnerSuite | OuterSuite | InstalledSuite;

const QUIET = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'extensions.ignoreRecommendations': true,
  'files.simpleDialog.enable': true,
  'git.enabled': false,
  // The default in a browser would save what one test types into files that another one reads.
  'files.autoSave': 'off',
  // An untitled file of another test would open a dialog before a task runs.
  'task.saveBeforeRun': 'never',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  // The name of a file that the mouse rests on would cover the file below.
  'workbench.hover.delay': 60 * 60 * 1000,
};

const TRUSTING = { ...QUIET, 'security.workspace.trust.enabled': false };

const SUITES: readonly Suite[] = [
  { name: 'trusted', host: 'process', entry: 'run.ts', settings: TRUSTING },
  {
    name: 'untrusted',
    host: 'process',
    entry: 'run.ts',
    settings: { ...QUIET, 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' },
  },
  {
    name: 'web',
    host: 'worker',
    entry: 'web.ts',
    settings: { ...TRUSTING, 'remote.extensionKind': { 'prompt-travel.prompt-travel': ['web'] } },
  },
  {
    name: 'survival',
    host: 'outside',
    tests: SURVIVAL,
    settings: {
      ...TRUSTING,
      // Browsers would ask before a window with a file that is not saved is closed.
      'window.confirmBeforeClose': 'never',
      // Otherwise the file in a window's address replaces the editors that it had.
      'window.restoreWindows': 'preserve',
    },
  },
  { name: 'installed', host: 'installed', settings: TRUSTING },
  {
    name: 'first-run',
    host: 'outside',
    tests: FIRST_RUN,
    // As after the installation, except for what would come from the network. The folder of the profile is in a
    // repository here, about which Git would ask.
    settings: { 'telemetry.telemetryLevel': 'off', 'chat.disableAIFeatures': true, 'git.enabled': false },
  },
];

/** Print the activation time of the extension, and what renders cost. They run only if selected by name, as by `npm run bench`. */
const MEASUREMENTS: readonly InnerSuite[] = [
  { name: 'activation', host: 'process', entry: 'activation.ts', settings: TRUSTING },
  { name: 'rendering', host: 'process', entry: 'measure.ts', settings: TRUSTING },
];

/** @returns the path of one CommonJS file whose `run()` VS Code calls */
async function bundleSuite(
  { name, host, entry }: InnerSuite,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const worker = host === 'worker';
  const tests = join(KEPT, `${name}.cjs`);
  await build({
    entryPoints: [join(ROOT, 'test/vscode/suite', entry)],
    bundle: true,
    platform: worker ? 'browser' : 'node',
    format: 'cjs',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    // A worker has no environment variables.
    define: Object.fromEntries(
      Object.entries(worker ? environment : {}).map(([key, value]) => [`process.env.${key}`, JSON.stringify(value)]),
    ),
    outfile: tests,
    logLevel: 'warning',
  });
  return tests;
}

async function runInBrowser(suite: InnerSuite): Promise<Verdict> {
  const vsCode = await installVsCodeServer(join(KEPT, 'code-server'));
  const { workspace, data } = await freshFolders(suite);
  await using cleanup = new AsyncDisposableStack();
  const browser = await openBrowser();
  cleanup.defer(() => browser.close());
  const page = await browser.newPage({
    viewport: { width: 1500, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  page.setDefaultTimeout(WAIT_MS);
  const driver = await startDriver(actionsOn(page));
  cleanup.defer(() => driver.close());
  const environment = { TRAVEL_DRIVER: driver.url, TRAVEL_SUITE: suite.name, TRAVEL_VSCODE: '', ...cacheOf(suite) };
  const tests = await bundleSuite(suite, environment);
  const server = await startVsCodeServer(vsCode, data, environment);
  cleanup.defer(() => server.stop());
  const remote = `vscode-remote://${server.authority}`;
  const payload = JSON.stringify([
    ['extensionDevelopmentPath', `${remote}${ROOT}`],
    ['extensionTestsPath', `${remote}${tests}`],
  ]);
  const query = new URLSearchParams({ folder: workspace, payload });
  await page.goto(`http://${server.authority}/?${query}`);
  return await Promise.race([
    driver.verdict,
    server.ended.then((output) => stopped(`VS Code's server ended:\n${output}`)),
    page.waitForEvent('crash', { timeout: 0 }).then(() => stopped('The VS Code page crashed.')),
    timeout(cleanup),
  ]);
}

async function runFromOutside(suite: OuterSuite): Promise<Verdict> {
  await using cleanup = new AsyncDisposableStack();
  const session = cleanup.use(await startSession(suite));
  return await Promise.race([
    runOuterTests(session, suite.tests, process.env.TRAVEL_GREP ?? ''),
    session.ended.then((output) => stopped(`VS Code's server ended:\n${output}`)),
    timeout(cleanup),
  ]);
}

async function runInstalled({ settings }: InstalledSuite): Promise<Verdict> {
  const vsCode = await installVsCodeServer(join(KEPT, 'code-server'));
  await using cleanup = new AsyncDisposableStack();
  const browser = await openBrowser();
  cleanup.defer(() => browser.close());
  const newProfile = () => Profile.create({ browser, vsCode, settings, saveScreenshot });
  return await Promise.race([testInstalled(newProfile, process.env.TRAVEL_GREP ?? ''), timeout(cleanup)]);
}

async function runOnDesktop(suite: InnerSuite): Promise<Verdict> {
  const { workspace, data } = await freshFolders(suite);
  await using cleanup = new AsyncDisposableStack();
  // Tests cannot click in this window; every action does nothing.
  const driver = await startDriver(new Proxy({}, { get: () => async () => {} }));
  cleanup.defer(() => driver.close());
  const trust = suite.name === 'trusted' ? ['--disable-workspace-trust'] : [];
  const environment = { TRAVEL_DRIVER: driver.url, TRAVEL_SUITE: suite.name, ...cacheOf(suite) };
  const tests = await bundleSuite(suite, environment);
  const exit = runTests({
    extensionDevelopmentPath: ROOT,
    extensionTestsPath: tests,
    extensionTestsEnv: environment,
    launchArgs: [workspace, '--disable-extensions', ...trust, '--user-data-dir', join(data, 'data')],
  });
  return await Promise.race([
    driver.verdict,
    exit.then((code) => stopped(`VS Code ended with ${code} before the tests were done.`)),
    timeout(cleanup),
  ]);
}

function actionsOn(page: Page): Record<string, (argument: string) => Promise<void>> {
  // Widgets that were closed stay in the page, hidden, with what they showed.
  const shown = (selector: string) => page.locator(selector).filter({ visible: true }).first();
  const inPage = (selector: string) =>
    page.frameLocator('iframe.webview.ready').first().frameLocator('#active-frame').locator(selector).first();
  return {
    screenshot: (name) => saveScreenshot(page, name),
    async print(line) {
      console.log(line);
    },
    press: (keys) => page.keyboard.press(keys),
    type: (typed) => page.keyboard.type(typed),
    /** Replaces the text in VS Code's own input at the top of the window. */
    fill: (text) => page.locator('.quick-input-widget input.input').fill(text),
    // A dialog proposes a path when it knows its folder, and would overwrite what was there before.
    async seeProposed(part) {
      await page.waitForFunction(`(() => {
        const input = document.querySelector('.quick-input-widget input.input');
        return input?.checkVisibility() && input.value.includes(${JSON.stringify(part)});
      })()`);
    },
    /** Copies text to the real clipboard. VS Code gives tests a clipboard of their own, which keys do not paste. */
    copy: (copied) => page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(copied)})`),
    /** Waits for an element, by CSS selector or `text=`. */
    see: (selector) => shown(selector).waitFor(),
    /** The same, for what may have to be shown again: waits for a second only. */
    seeNow: (selector) => shown(selector).waitFor({ timeout: 1000 }),
    /** The same inside a webview, which is nested in two frames. */
    seeInPage: (selector) => inPage(selector).waitFor(),
    seeKeyboardInPage: () =>
      inPage('body').evaluate(`new Promise((resolve) => {
        const look = () => (document.hasFocus() ? resolve() : requestAnimationFrame(look));
        look();
      })`),
    click: (selector) => shown(selector).click(),
    clickInPage: (selector) => inPage(selector).click(),
    /**
     * Drops files of the explorer in the editor, where Shift inserts them instead of opening them. The first one is
     * selected there.
     */
    async dragFiles(list) {
      const [first, ...others] = z.array(z.string()).parse(JSON.parse(list));
      // A click without Control would open a file.
      for (const name of others) await fileIn(page, name).click({ modifiers: ['Control'] });
      const target = await page.locator('.editor-instance .monaco-editor').first().boundingBox();
      if (!target) throw new Error('No editor is visible.');
      await fileIn(page, first!).hover();
      await page.mouse.down();
      await page.keyboard.down('Shift');
      // A drag begins with the first move, and is over the editor, below its lines and lenses, after the others.
      await page.mouse.move(target.x + target.width / 2, target.y + target.height / 2, { steps: 10 });
      await page.mouse.up();
      await page.keyboard.up('Shift');
    },
    openMenu: (name) => fileIn(page, name).click({ button: 'right' }),
    /** Drags a keyframe of the preview with the mouse, from one frame to another, as in `16 20`. */
    dragKeyframe(frames) {
      const [from, to] = frames.split(' ').map(Number);
      return new PreviewFrame(page).dragKeyframe(from!, to!);
    },
  };
}

/** A file in the explorer, which shows it. */
const fileIn = (page: Page, name: string) =>
  page
    .locator('.explorer-folders-view .monaco-list-row')
    .filter({ has: page.getByText(name, { exact: true }) })
    .first();

const stopped = (failure: string): Verdict => ({ ok: false, passed: 0, failures: [failure] });

function timeout(cleanup: AsyncDisposableStack): Promise<Verdict> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(stopped(`No verdict in ${TIMEOUT_MS / 60_000} minutes.`)), TIMEOUT_MS);
    cleanup.defer(() => clearTimeout(timer));
  });
}

const desktop = process.env.TRAVEL_VSCODE === 'download';
if (!desktop && !chromiumPath() && !process.env.CI) {
  console.warn('Chromium was not found: tests inside VS Code are skipped. docs/extension.md lists what they need.');
  process.exit(0);
}

function run(suite: Suite): Promise<Verdict> {
  if (suite.host === 'outside') return runFromOutside(suite);
  if (suite.host === 'installed') return runInstalled(suite);
  return desktop ? runOnDesktop(suite) : runInBrowser(suite);
}

const names = process.argv.slice(2);
const possible = [...SUITES, ...MEASUREMENTS].filter(
  ({ host }) => host === 'process' || (!desktop && (host === 'worker' || process.platform === 'linux')),
);
const selected = possible.filter((suite) => (names.length === 0 ? SUITES.includes(suite) : names.includes(suite.name)));
for (const suite of selected) {
  const verdict = await run(suite).catch(({ message }: Error) => stopped(`VS Code could not be tested: ${message}`));
  if (SUITES.includes(suite)) console.log(`VS Code, ${suite.name}: ${verdict.passed} tests passed.`);
  if (!verdict.ok) {
    for (const failure of verdict.failures) console.error(`\nFailed: ${failure}`);
    console.error(`\nScreenshots are in ${SCREENSHOTS}.`);
    process.exitCode = 1;
  }
}
