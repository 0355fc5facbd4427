/** The built site in Chromium, from its files: no server runs, and requests to other hosts are refused and recorded. */
import { readFileSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';

export const SITE = resolve(import.meta.dirname, '../../dist/site');
const ADDRESS = 'https://site.test';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.webp': 'image/webp',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.gz': 'application/gzip',
};

export interface SitePage {
  readonly page: Page;
  /** Opens a page by its path, such as `/start.html`. */
  open(path: string): Promise<void>;
  /** Addresses on other hosts that were requested, files that do not exist, and errors of the pages. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

interface SiteOptions {
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  /** Paths that the host does not have. */
  readonly missing?: RegExp | null;
}

export async function openSite(
  browser: Browser,
  { theme = 'light', width = 1280, height = 900, missing = null }: SiteOptions = {},
): Promise<SitePage> {
  const context = await browser.newContext({
    colorScheme: theme,
    viewport: { width, height },
    reducedMotion: 'reduce',
    locale: 'en-US',
  });
  const problems: string[] = [];
  // A route of the context also sees what workers and frames request.
  await context.route('**/*', (route) => {
    const { origin, pathname } = new URL(route.request().url());
    if (origin !== ADDRESS) {
      problems.push(`requested ${route.request().url()}`);
      return route.abort();
    }
    const file = missing?.test(pathname) ? null : fileOf(pathname);
    if (file === null) {
      problems.push(`not found: ${pathname}`);
      return route.fulfill({ status: 404, body: '' });
    }
    return route.fulfill({ contentType: TYPES[extname(file)] ?? 'text/plain', body: readFileSync(file) });
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text());
  });
  return {
    page,
    problems,
    open: async (path) => {
      await page.goto(ADDRESS + path);
    },
    close: () => context.close(),
  };
}

/** The file for an address, as hosts of static files find it; null if there is none. */
export function fileOf(pathname: string): string | null {
  const path = join(SITE, decodeURIComponent(pathname));
  return [path, join(path, 'index.html')].find((file) => statSync(file, { throwIfNoEntry: false })?.isFile()) ?? null;
}
