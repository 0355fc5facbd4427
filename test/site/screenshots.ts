/** Takes screenshots of pages of the built site, in both themes, into `dist/screenshots/site`. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openBrowser } from '../vscode/browser.ts';
import { openSite } from './open-site.ts';

const FOLDER = resolve(import.meta.dirname, '../../dist/screenshots/site');
const PAGES = {
  start: '/',
  five: '/start.html',
  models: '/get-models.html',
  diagnostic: '/diagnostics/key-beyond-end.html',
  playground: '/playground.html',
  architecture: '/architecture.html',
};

mkdirSync(FOLDER, { recursive: true });
const browser = await openBrowser();
for (const theme of ['light', 'dark'] as const) {
  for (const [name, path] of Object.entries(PAGES)) {
    for (const width of name === 'playground' || name === 'start' ? [1400, 480] : [1280]) {
      const { page, open, problems, close } = await openSite(browser, { theme, width });
      await open(path);
      await page.locator('h1').first().waitFor();
      if (name === 'playground') {
        await page.locator('.token-definition').first().waitFor();
        await page.frameLocator('.playground-preview iframe').locator('canvas').first().waitFor();
        await page.locator('.cm-line', { hasText: '30: crying' }).click();
        await page.keyboard.press('End');
        await page.keyboard.insertText('\n40:smiling');
        await page.locator('.cm-line', { hasText: '40:smiling' }).locator('.cm-lintRange-warning').first().hover();
        await page.locator('.cm-tooltip-lint').waitFor();
      }
      await page.screenshot({ fullPage: name !== 'playground', path: join(FOLDER, `${name}-${width}-${theme}.png`) });
      for (const problem of problems) console.log(`${name}: ${problem}`);
      await close();
    }
  }
}
await browser.close();
