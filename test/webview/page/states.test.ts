import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../vscode/browser.ts';
import { overlaps } from './overlaps.ts';
import { openPreview, type PreviewPage, settled, type Theme } from './preview-page.ts';
import { RECORDED_STATES } from './recorded-states.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** What axe-core finds, as text. */
async function violations({ page }: PreviewPage): Promise<string[]> {
  // Evaluated by the debugger: the policy of the page does not apply to it.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const run = (globalThis as unknown as { axe: typeof axe }).axe;
    const { violations: found } = await run.run(document, { resultTypes: ['violations'] });
    return found.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`)}`,
    );
  });
}

const THEMES: readonly Theme[] = ['dark', 'light', 'high-contrast', 'high-contrast-light'];

describe.each(RECORDED_STATES)('$name', ({ name, words, messages, stored, press }) => {
  it('shows its words, is accessible in every theme, and breaks no rule of the policy', async () => {
    const preview = await openPreview(browser, { width: 1200, height: 900, reducedMotion: true, stored });
    await preview.send(...(await messages()));
    if (press !== undefined) await preview.page.keyboard.press(press);
    await settled(preview.page);
    const text = await preview.page.locator('body').textContent();
    for (const word of words) expect(text).toContain(word);
    const found: string[] = [];
    // Each theme at another width, so that every state is seen in every layout.
    for (const [i, theme] of THEMES.entries()) {
      const width = [1200, 700, 400, 900][i]!;
      await preview.page.setViewportSize({ width, height: 900 });
      await preview.setTheme(theme);
      const all = [...(await violations(preview)), ...(await overlaps(preview))];
      found.push(...all.map((text) => `${name} ${theme} ${width}: ${text}`));
    }
    expect([...found, ...(await preview.problems())]).toEqual([]);
    await preview.close();
  });
});

it('shows every state with forced colours', async () => {
  const preview = await openPreview(browser, { forcedColours: true, reducedMotion: true });
  for (const { messages } of RECORDED_STATES) await preview.send(...(await messages()));
  expect(await preview.problems()).toEqual([]);
  await preview.close();
});

it.each([
  [400, 420],
  [300, 340],
  [1200, 260],
])('shows the prompts of a frame below the card, also in %i × %i pixels', async (width, height) => {
  const preview = await openPreview(browser, { width, height, reducedMotion: true });
  await preview.send(...(await RECORDED_STATES.find(({ name }) => name === 'never-rendered')!.messages()));
  expect(await overlaps(preview)).toEqual([]);
  const boxes = await preview.page.evaluate(() =>
    ['.card', '.caption'].map((name) => {
      const { top, bottom } = document.querySelector(name)!.getBoundingClientRect();
      return { top, bottom };
    }),
  );
  expect(boxes[1]!.top).toBeGreaterThanOrEqual(boxes[0]!.bottom);
  await preview.close();
});

it('shows the whole names of renders', async () => {
  for (const width of [1200, 700, 640, 400]) {
    const preview = await openPreview(browser, { width, reducedMotion: true, stored: { tab: 'renders' } });
    const messages = await RECORDED_STATES.find(({ name }) => name === 'renders-tab')!.messages();
    const renamed = messages.map((message) =>
      message.type === 'renders'
        ? {
            ...message,
            renders: message.renders.map((each) => ({ ...each, name: `a-long-name-2026-11-29-${each.name}` })),
          }
        : message,
    );
    await preview.send(...renamed);
    const cut = await preview.page.evaluate(
      () =>
        [...document.querySelectorAll<HTMLElement>('.render-name')].filter(
          (node) => node.scrollWidth > node.clientWidth || node.clientWidth < 100,
        ).length,
    );
    expect(cut).toBe(0);
    await preview.close();
  }
});

it.each([
  ['at 200 % zoom', 600, 400],
  ['in the narrowest editor group', 260, 700],
  ['in the panel below the editor', 1200, 260],
])('can be read %s', async (_, width, height) => {
  const preview = await openPreview(browser, { width, height, reducedMotion: true });
  await preview.send(...(await RECORDED_STATES.find(({ name }) => name === 'rich')!.messages()));
  expect(await overlaps(preview)).toEqual([]);
  await preview.close();
});
