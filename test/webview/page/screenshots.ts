/**
 * `node test/webview/page/screenshots.ts [--language ja] [BEGINNING…]`: a picture of every state at three widths in four
 * themes, to look at, in `dist/screenshots`; `done-dark-400` is one of them. Builds nothing: run `npm run build` before.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { openBrowser } from '../../vscode/browser.ts';
import { LANGUAGES, openPreview, settled, type Theme } from './preview-page.ts';
import { RECORDED_STATES } from './recorded-states.ts';

const FOLDER = resolve(import.meta.dirname, '../../../dist/screenshots');
const THEMES: readonly Theme[] = ['dark', 'light', 'high-contrast', 'high-contrast-light'];
const SIZES = [
  [400, 900],
  [700, 1000],
  [1200, 800],
] as const;

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { language: { type: 'string' } },
});
const language = z.enum(LANGUAGES).optional().parse(values.language);
mkdirSync(FOLDER, { recursive: true });
const browser = await openBrowser();
for (const { name, messages, stored, press } of RECORDED_STATES) {
  const files = THEMES.flatMap((theme) => SIZES.map(([width, height]) => ({ theme, width, height })))
    .map((options) => ({ ...options, file: `${name}-${options.theme}-${options.width}` }))
    .filter(({ file }) => wanted.length === 0 || wanted.some((beginning) => file.startsWith(beginning)));
  if (files.length === 0) continue;
  const recorded = await messages();
  for (const { theme, width, height, file } of files) {
    const preview = await openPreview(browser, { width, height, theme, language, reducedMotion: true, stored });
    await preview.send(...recorded);
    if (press !== undefined) await preview.page.keyboard.press(press);
    await settled(preview.page);
    await preview.page.screenshot({ path: join(FOLDER, `${file}.png`) });
    const problems = await preview.problems();
    if (problems.length > 0) console.error(`${file}: ${problems.join('; ')}`);
    await preview.close();
  }
  console.log(name);
}
await browser.close();
