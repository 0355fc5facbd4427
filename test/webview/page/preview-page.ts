/** The built page in Chromium, behind the policy of a webview, with a stand-in for VS Code. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { HostMessage, PageMessage } from '../../../protocol/preview.ts';
import themes from './themes.json' with { type: 'json' };

const ROOT = resolve(import.meta.dirname, '../../..');
const ADDRESS = 'https://preview.test/';
const NONCE = 'c29tZXRoaW5nIHJhbmRvbQ';

export const CSP = [
  "default-src 'none'",
  'img-src blob: data:',
  `style-src 'nonce-${NONCE}'`,
  `script-src 'nonce-${NONCE}'`,
].join('; ');

export type Theme = keyof typeof themes;
export const LANGUAGES = ['zh-cn', 'ja'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Translations by their English text. */
export const textsOf = (language: Language): Readonly<Record<string, string>> =>
  JSON.parse(readFileSync(resolve(ROOT, `l10n/bundle.l10n.${language}.json`), 'utf8'));

const BODY_CLASS: Readonly<Record<Theme, string>> = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  'high-contrast': 'vscode-high-contrast',
  'high-contrast-light': 'vscode-high-contrast vscode-high-contrast-light',
};

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: Theme;
  /** Of its texts; English by default. */
  readonly language?: Language | undefined;
  /** What an earlier page has stored. */
  readonly stored?: unknown;
  readonly reducedMotion?: boolean;
  readonly forcedColours?: boolean;
  /** Whether the page may use the clipboard, as in VS Code on Chromium. */
  readonly clipboard?: boolean;
}

/** What the stand-in for VS Code keeps in the window. */
interface Recorder {
  sent: PageMessage[];
  stored: unknown;
  violations: string[];
}

export interface PreviewPage {
  readonly page: Page;
  /** Delivers messages of the host in order. */
  send(...messages: readonly HostMessage[]): Promise<void>;
  /** Delivers what no host sends. */
  sendRaw(message: unknown): Promise<void>;
  sent(): Promise<PageMessage[]>;
  /** Waits for a message of the page. */
  waitFor<T extends PageMessage['type']>(type: T): Promise<Extract<PageMessage, { type: T }>>;
  stored(): Promise<unknown>;
  /** As VS Code does it when the person chooses another theme. */
  setTheme(theme: Theme): Promise<void>;
  /** Breaches of the policy, and errors of the page. */
  problems(): Promise<string[]>;
  close(): Promise<void>;
}

export async function openPreview(browser: Browser, options: PageOptions = {}): Promise<PreviewPage> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1200, height: options.height ?? 800 },
    reducedMotion: options.reducedMotion ? 'reduce' : 'no-preference',
    forcedColors: options.forcedColours ? 'active' : 'none',
    locale: 'en-US',
    permissions: options.clipboard ? ['clipboard-read', 'clipboard-write'] : [],
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.route(`${ADDRESS}**`, (route) =>
    route.fulfill(responseTo(new URL(route.request().url()).pathname, options)),
  );
  await page.addInitScript(installVsCode, { stored: options.stored ?? null });
  await page.goto(ADDRESS);
  await page.waitForFunction(() => recorder().sent.some(({ type }) => type === 'ready'));
  const sent = () => page.evaluate(() => recorder().sent);
  return {
    page,
    sent,
    send: async (...messages) => {
      for (const message of messages) await page.evaluate(deliver, packed(message));
      await settled(page);
    },
    sendRaw: async (message) => {
      await page.evaluate(deliver, packed(message));
      await settled(page);
    },
    waitFor: async (type) => {
      const handle = await page.waitForFunction(
        (wanted) => recorder().sent.find((message) => message.type === wanted),
        type,
      );
      return (await handle.jsonValue()) as never;
    },
    stored: () => page.evaluate(() => recorder().stored),
    setTheme: async (theme) => {
      await page.evaluate(([variables, name]) => applyTheme(variables, name), themeOf(theme));
      await settled(page);
    },
    problems: async () => [...errors, ...(await page.evaluate(() => recorder().violations))],
    close: () => context.close(),
  };
}

declare global {
  /** Kept in the window by `installVsCode`. */
  function recorder(): Recorder;
  function applyTheme(variables: Readonly<Record<string, string>>, bodyClass: string): void;
}

/** Runs in the page before its scripts. */
function installVsCode({ stored }: { stored: unknown }): void {
  const kept: Recorder = { sent: [], stored, violations: [] };
  Object.assign(globalThis, {
    recorder: () => kept,
    applyTheme: (variables: Readonly<Record<string, string>>, bodyClass: string) => {
      const { style } = document.documentElement;
      for (const name of [...style]) style.removeProperty(name);
      for (const [name, value] of Object.entries(variables)) style.setProperty(name, value);
      document.body.className = bodyClass;
    },
    acquireVsCodeApi: () => ({
      postMessage: (message: PageMessage) => kept.sent.push(structuredClone(message)),
      getState: () => kept.stored,
      setState: (state: unknown) => {
        kept.stored = structuredClone(state);
      },
    }),
  });
  addEventListener('securitypolicyviolation', (event) => {
    kept.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
  });
}

/** Bytes cannot be passed into a page, base64 can. */
function packed(message: unknown): string {
  return JSON.stringify(message, (_, value) =>
    value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value,
  );
}

/** Runs in the page. */
function deliver(text: string): void {
  const message = JSON.parse(text, (_, value) =>
    typeof value?.base64 === 'string' ? Uint8Array.from(atob(value.base64), (char) => char.charCodeAt(0)) : value,
  );
  dispatchEvent(new MessageEvent('message', { data: message }));
}

/** Two frames: one in which the page renders, and one in which it draws. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );
}

function themeOf(theme: Theme): [variables: Record<string, string>, bodyClass: string] {
  const fonts = { '--vscode-font-family': '"DejaVu Sans", sans-serif', '--vscode-font-size': '13px' };
  return [{ ...fonts, ...themes[theme] }, BODY_CLASS[theme]];
}

function responseTo(path: string, { theme = 'dark', language }: PageOptions) {
  if (path === '/preview.js' || path === '/preview.css') {
    const contentType = path.endsWith('.js') ? 'text/javascript' : 'text/css';
    return { contentType, body: readFileSync(resolve(ROOT, `dist${path}`)) };
  }
  if (path !== '/') return { status: 404, body: '' };
  const applied = themeOf(theme).map((part) => JSON.stringify(part));
  const texts = language === undefined ? '' : JSON.stringify(textsOf(language)).replaceAll('"', '&quot;');
  // As in a webview: variables on the root, a class on the body, and padding that the page takes away.
  const body = `<!doctype html><html lang="${language ?? 'en'}"><head><meta charset="utf-8"><meta name="l10n" content="${texts}"><title>Preview</title>
<style nonce="${NONCE}">body { padding: 0 20px; }</style>
<link rel="stylesheet" nonce="${NONCE}" href="preview.css"></head>
<body><script nonce="${NONCE}">applyTheme(${applied.join(', ')})</script><script nonce="${NONCE}" src="preview.js"></script></body></html>`;
  return { contentType: 'text/html; charset=utf-8', headers: { 'content-security-policy': CSP }, body };
}
