import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { HostMessage } from '../../../protocol/preview.ts';
import { openBrowser } from '../../vscode/browser.ts';
import { openPreview, type PreviewPage } from '../page/preview-page.ts';
import { clip, portraitTimeline } from '../page/recorded-states.ts';

const RENDERS = 200;
/** After so many, everything that is kept once is there. */
const WARM = 20;

const STATE: HostMessage = {
  type: 'state',
  name: 'portrait',
  locked: false,
  state: { kind: 'done', summary: '', outdated: [] },
};

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** Bytes of the page's objects and of array buffers, after a collection. */
async function heapBytes({ page }: PreviewPage): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const usage = await session.send('Runtime.getHeapUsage');
  await session.detach();
  // Playwright's types lack the memory outside the heap of V8.
  const { backingStorageSize } = usage as unknown as { readonly backingStorageSize: number };
  return usage.usedSize + backingStorageSize;
}

it(`keeps nothing of ${RENDERS} renders that were shown and left`, async () => {
  const preview = await openPreview(browser, { reducedMotion: true });
  await preview.send(STATE, { type: 'timeline', version: 1, timeline: portraitTimeline() });
  let warm = 0;
  for (let i = 0; i < RENDERS; i++) {
    if (i === WARM) warm = await heapBytes(preview);
    await show(preview, i);
  }
  const grown = (await heapBytes(preview)) - warm;
  expect(grown).toBeLessThan(1_000_000);
  expect(await preview.problems()).toEqual([]);
  await preview.close();
});

/** Shows a render beside another one, with a thumbnail, and waits until its first frame is on the canvas. */
async function show(preview: PreviewPage, i: number): Promise<void> {
  const a = clip('a', `renders/${i}.webp`, `seed ${i}`) as Extract<HostMessage, { type: 'clip' }>;
  const image = a.content.kind === 'animation' ? a.content.bytes : new Uint8Array();
  await preview.send(
    { type: 'thumbnail', id: a.id, image, mime: 'image/webp' },
    { type: 'renders', renders: [{ id: a.id, name: `${i}`, date: i, seed: i, differences: [], starred: false }] },
    clip('b', `renders/${i}-b.webp`),
    a,
  );
  await preview.page.locator('.compare-label', { hasText: new RegExp(`^A\\s*seed ${i}$`) }).waitFor();
  await preview.page.evaluate(() => {
    // What the page sent to the stand-in of VS Code is kept there.
    recorder().sent.length = 0;
  });
  await preview.send({ type: 'clearCompare' });
}
