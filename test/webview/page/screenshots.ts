/**
 * `node test/webview/page/screenshots.ts [STATE…]`: a picture of every state at three widths in four themes, to look at, in
 * `dist/screenshots`. Builds nothing: run `npm run build` before.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openBrowser } from '../../vscode/browser.ts';
import { openPreview, settled, type Theme } from './preview-page.ts';
import { RECORDED_STATES } from './recorded-states.ts';

const FOLDER = resolve(import.meta.dirname, '../../../dist/screenshots');
const THEMES: readonly Theme[] = ['dark', 'light', 'high-contrast', 'high-contrast-light'];
const SIZES = [
  [400, 900],
  [700, 1000],
  [1200, 800],
] as const;

const wanted = process.argv.slice(2);
mkdirSync(FOLDER, { recursive: true });
const browser = await openBrowser();
for (const { name, messages } of RECORDED_STATES) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const recorded = await messages();
  for (const theme of THEMES) {
    for (const [width, height] of SIZES) {
      const preview = await openPreview(browser, { width, height, theme, reducedMotion: true });
      await preview.send(...recorded);
      await preview.page.waitForLoadState('networkidle');
      await settled(preview.page);
      await preview.page.screenshot({ path: join(FOLDER, `${name}-${theme}-${width}.png`) });
      const problems = await preview.problems();
      if (problems.length > 0) console.error(`${name} ${theme} ${width}: ${problems.join('; ')}`);
      await preview.close();
    }
  }
  console.log(name);
}
await browser.close();
