import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostMessage } from '../../../protocol/preview.ts';
import { translatedTexts } from '../../l10n/texts.ts';
import { openBrowser } from '../../vscode/browser.ts';
import { overlaps } from './overlaps.ts';
import { LANGUAGES, type Language, openPreview, type PreviewPage, settled, textsOf } from './preview-page.ts';
import { RECORDED_STATES } from './recorded-states.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** Every text of the page, also those that are only read aloud or shown by the pointer. */
function textsIn({ page }: PreviewPage): Promise<string[]> {
  return page.evaluate(() => {
    const found = new Set<string>();
    const nodes = document.createTreeWalker(document.querySelector('#root')!, NodeFilter.SHOW_TEXT);
    while (nodes.nextNode()) found.add(nodes.currentNode.nodeValue ?? '');
    for (const name of ['title', 'aria-label', 'aria-valuetext']) {
      for (const node of document.querySelectorAll(`[${name}]`)) found.add(node.getAttribute(name) ?? '');
    }
    return [...found].map((text) => text.trim()).filter((text) => text !== '');
  });
}

/** Buttons and translated names of lanes whose text does not fit. */
function cutOff({ page }: PreviewPage): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, .tab, .card h2, .lane-name')]
      .filter((node) => !node.matches('.lane-name') || /[\u3040-\u30ff\u4e00-\u9fff]/.test(node.textContent))
      .filter((node) => node.checkVisibility() && node.scrollWidth > node.clientWidth + 1)
      .map((node) => `“${node.textContent}” does not fit`),
  );
}

/** Finds the English texts of the page that a language has other words for. */
function englishFinder(language: Language): (text: string) => boolean {
  const translations = textsOf(language);
  const patterns = translatedTexts()
    .texts.filter(({ place, text }) => place.startsWith('webview/') && translations[text] !== text)
    .map(({ text }) => text.split(/\{\w+\}/).map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')))
    // Without letters, it is the same in every language.
    .filter((parts) => /\p{L}/u.test(parts.join('')))
    .map((parts) => new RegExp(`^${parts.join('.+')}$`, 's'));
  return (text) => patterns.some((pattern) => pattern.test(text));
}

const NO_FILE: HostMessage = { type: 'state', name: null, subject: 'text', locked: false, state: { kind: 'no-file' } };

describe.each(LANGUAGES)('the page in %s', (language) => {
  const isEnglish = englishFinder(language);

  it('has dates in this language, whatever the language of the computer', async () => {
    const preview = await openPreview(browser, { language, reducedMotion: true, stored: { tab: 'renders' } });
    await preview.send(...(await RECORDED_STATES.find(({ name }) => name === 'renders-tab')!.messages()));
    expect(await preview.page.locator('.render-text').first().textContent()).toMatch(/11月2\d日/);
    await preview.close();
  });

  it('shows every state in this language, and everything fits', async () => {
    const open = (stored?: unknown) =>
      openPreview(browser, { language, width: 1000, height: 900, reducedMotion: true, stored });
    const shared = await open();
    const found: string[] = [];
    for (const { name, stored, press, ...recorded } of RECORDED_STATES) {
      const messages = await recorded.messages();
      const preview = stored === undefined && press === undefined ? shared : await open(stored);
      // Without a file, the page forgets what was shown before.
      await preview.send(NO_FILE, ...messages);
      if (press !== undefined) await preview.page.keyboard.press(press);
      await settled(preview.page);
      const texts = await textsIn(preview);
      expect(texts.join()).toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/);
      // What the host sends is in the language of the host.
      const sent = JSON.stringify(messages, (_, value) => (value instanceof Uint8Array ? null : value));
      const english = texts.filter((text) => isEnglish(text) && !sent.includes(JSON.stringify(text).slice(1, -1)));
      found.push(...english.map((text) => `${name}: “${text}” is English`));
      for (const width of [400, 1000]) {
        await preview.page.setViewportSize({ width, height: 900 });
        await settled(preview.page);
        const wrong = [...(await overlaps(preview)), ...(await cutOff(preview)), ...(await preview.problems())];
        found.push(...wrong.map((text) => `${name} ${width}: ${text}`));
      }
      if (preview !== shared) await preview.close();
    }
    expect(found).toEqual([]);
    expect(await shared.page.evaluate(() => document.documentElement.lang)).toBe(language);
    await shared.close();
  });
});
