import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../vscode/browser.ts';
import { fileOf, openSite, SITE, type SitePage } from './open-site.ts';

let browser: Browser;
let site: SitePage | null = null;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());
afterEach(async () => {
  await site?.close();
  site = null;
});

describe('the pages', () => {
  const pages = readdirSync(SITE, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'));
  const htmlOf = new Map(
    pages.map((file) => [`/${file.split(sep).join('/')}`, readFileSync(join(SITE, file), 'utf8')]),
  );

  it('include each diagnostic', () => {
    const codes = readdirSync(join(SITE, '../../docs/diagnostics')).filter((file) => file !== 'README.md');
    const missing = codes.filter((file) => !htmlOf.has(`/diagnostics/${file.replace('.md', '.html')}`));
    expect([codes.length > 50, missing]).toEqual([true, []]);
  });

  it('are all in the sidebar', () => {
    const sidebar = /<nav class="nav" id="VPSidebarNav"[\s\S]*?<\/nav>/.exec(htmlOf.get('/language.html')!)?.[0] ?? '';
    const outside = ['/index.html', '/404.html'];
    const missing = [...htmlOf.keys()].filter(
      (page) => !sidebar.includes(`href="${page.replace(/index\.html$/, '')}"`),
    );
    expect(missing.filter((page) => !outside.includes(page))).toEqual([]);
  });

  it('have links and images that exist, down to the heading', () => {
    const broken: string[] = [];
    for (const [page, html] of htmlOf) {
      for (const [, target = ''] of html.matchAll(/ (?:href|src)="([^"]*)"/g)) {
        if (/^(?:https?:|data:|mailto:)/.test(target)) continue;
        const { pathname, hash } = new URL(target.replaceAll('&amp;', '&'), `https://site.test${page}`);
        const file = fileOf(pathname);
        const found = file && htmlOf.get(`/${relative(SITE, file).split(sep).join('/')}`);
        const id = decodeURIComponent(hash.slice(1));
        if (file === null || (id !== '' && !found?.includes(` id="${id}"`))) broken.push(`${page}: ${target}`);
      }
    }
    expect(broken).toEqual([]);
  });

  it('load nothing from other hosts, in light and dark, and switch between them', async () => {
    site = await openSite(browser, { theme: 'dark' });
    const isDark = () => site!.page.evaluate(() => document.documentElement.classList.contains('dark'));
    for (const path of ['/', '/start.html', '/diagnostics/', '/settings.html']) {
      await site.open(path);
      await site.page.locator('h1').first().waitFor();
    }
    expect(await isDark()).toBe(true);
    await site.page.getByRole('switch', { name: 'Switch to light theme' }).first().click();
    expect(await isDark()).toBe(false);
    expect(site.problems).toEqual([]);
  });

  it('are found by the search', async () => {
    site = await openSite(browser);
    await site.open('/');
    await site.page.getByRole('button', { name: 'Search' }).first().click();
    await site.page.locator('#localsearch-input').fill('keyframe outside the clip');
    await site.page.locator('a.result[href*="/diagnostics/key-beyond-end"]').first().click();
    await site.page.getByRole('heading', { level: 1, name: 'Keyframe outside the clip' }).waitFor();
    expect(site.problems).toEqual([]);
  });
});

describe('the playground', () => {
  let page: Page;
  let preview: FrameLocator;
  const open = async () => {
    site = await openSite(browser, { width: 1400 });
    await site.open('/playground.html');
    page = site.page;
    preview = page.frameLocator('.playground-preview iframe');
    await page.locator('.token-definition').first().waitFor();
  };
  const typeAfter = async (line: string, text: string) => {
    await page.locator('.cm-line', { hasText: line }).click();
    await page.keyboard.press('End');
    await page.keyboard.insertText(text);
  };

  it('shows a problem with its page, and fixes it', async () => {
    await open();
    await typeAfter('30: crying', '\n31:smiling');
    await page.locator('.cm-line', { hasText: '31:smiling' }).locator('.cm-lintRange-warning').hover();
    const tooltip = page.locator('.cm-tooltip-lint');
    const link = tooltip.getByRole('link', { name: 'space-after-colon' });
    expect(fileOf(new URL((await link.getAttribute('href'))!, 'https://site.test').pathname)).not.toBeNull();
    await tooltip.locator('.cm-diagnosticAction').first().click();
    await page.locator('.cm-line', { hasText: '31: smiling' }).waitFor();
    expect(site!.problems).toEqual([]);
  });

  it('shows the timeline of the text, which follows it', async () => {
    await open();
    await preview.locator('canvas').first().waitFor();
    await preview.getByText('32 frames').first().waitFor();
    await typeAfter('frames: 32', '0');
    await preview.getByText('320 frames').first().waitFor();
    // The keys of the text also work in the preview.
    await preview.locator('.file-name').click();
    await page.keyboard.press('Control+z');
    await preview.getByText('32 frames').first().waitFor();
    await page.keyboard.press('Control+y');
    await preview.getByText('320 frames').first().waitFor();
    expect(site!.problems).toEqual([]);
  });

  it('explains on hover, and completes', async () => {
    await open();
    await page.locator('.token-definition', { hasText: '15' }).hover();
    await page.locator('.cm-lsp-hover-tooltip, .cm-tooltip-hover').first().getByText('red hair').first().waitFor();
    await typeAfter('fps: 8', '\n');
    await page.keyboard.type('motion_m');
    await page.getByRole('option', { name: 'motion_module' }).first().waitFor();
    expect(site!.problems).toEqual([]);
  });

  it('is up to date after fast typing, and after a huge and a hostile paste', async () => {
    await open();
    const pasteOverAll = async (text: string) => {
      await page.keyboard.press('Control+a');
      await page.locator('.cm-content').evaluate((content, pasted) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain', pasted);
        content.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
      }, text);
    };
    await typeAfter('fps: 8', '\n');
    await page.keyboard.type('height: 640', { delay: 15 });
    await preview.getByText('128 × 640').waitFor();
    await pasteOverAll(`---\nframes: 77\n---\n${'0: a prompt that is long enough\n'.repeat(3000)}`);
    await preview.getByText('77 frames').waitFor();
    await pasteOverAll('---\nframes: 78\n---\n0: <img src=x onerror="globalThis.bad = true">\n4: b');
    await preview.getByText('78 frames').waitFor();
    await page.locator('.token-definition').first().hover();
    await page.locator('.cm-tooltip').getByText('<img').first().waitFor();
    expect(await page.evaluate(() => 'bad' in globalThis)).toBe(false);
    expect(site!.problems).toEqual([]);
  });

  it('reports that the server could not be loaded', async () => {
    site = await openSite(browser, { missing: /server\..*\.js$/ });
    await site.open('/playground.html');
    await site.page.getByText('The language server could not be started').waitFor();
  });
});
