import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { HostMessage } from '../../../protocol/preview.ts';
import { openBrowser } from '../../vscode/browser.ts';
import { openPreview, type PreviewPage } from '../page/preview-page.ts';
import { clip, DONE } from '../page/recorded-states.ts';
import { portraitTimeline } from '../page/timelines.ts';

const RENDERS = 200;
/** After so many, everything that is kept once is there. */
const WARM = 20;

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

interface Kept {
  /** Of objects and of array buffers. */
  readonly bytes: number;
  /** How many there are of what holds memory that V8 does not count. */
  readonly pictures: Readonly<Record<string, number>>;
}

/** What the page keeps after a collection. */
async function kept({ page }: PreviewPage): Promise<Kept> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const usage = await session.send('Runtime.getHeapUsage');
  // Playwright's types lack the memory outside the heap of V8.
  const { backingStorageSize } = usage as unknown as { readonly backingStorageSize: number };
  const pictures: Record<string, number> = {};
  for (const type of ['ImageDecoder', 'VideoFrame', 'ImageBitmap', 'Blob', 'HTMLImageElement']) {
    const { result } = await session.send('Runtime.evaluate', { expression: `${type}.prototype` });
    const { objects } = await session.send('Runtime.queryObjects', { prototypeObjectId: result.objectId! });
    const { result: properties } = await session.send('Runtime.getProperties', {
      objectId: objects.objectId!,
      ownProperties: true,
    });
    pictures[type] = properties.filter(({ name }) => /^\d+$/.test(name)).length;
    await session.send('Runtime.releaseObject', { objectId: objects.objectId! });
  }
  await session.detach();
  return { bytes: usage.usedSize + backingStorageSize, pictures };
}

it(`keeps nothing of ${RENDERS} renders that were shown and left`, async () => {
  const preview = await openPreview(browser, { reducedMotion: true });
  await preview.send(DONE, { type: 'timeline', version: 1, timeline: portraitTimeline() });
  for (let i = 0; i < WARM; i++) await show(preview, i);
  const before = await kept(preview);
  for (let i = WARM; i < RENDERS; i++) await show(preview, i);
  const after = await kept(preview);
  expect(after.bytes - before.bytes).toBeLessThan(1_000_000);
  for (const [type, count] of Object.entries(after.pictures)) {
    // Frames are decoded ahead, some more or fewer at any time.
    expect(count, type).toBeLessThan(before.pictures[type]! + 40);
  }
  expect(await preview.problems()).toEqual([]);
  await preview.close();
});

/** Shows a render beside another one, with a thumbnail, and waits until its first frame is on the canvas. */
async function show(preview: PreviewPage, i: number): Promise<void> {
  const a = clip('a', `renders/${i}.webp`, `seed ${i}`) as Extract<HostMessage, { type: 'clip' }>;
  const image = a.content.kind === 'animation' ? a.content.bytes : new Uint8Array();
  await preview.send(
    { type: 'thumbnail', id: a.id, image, mime: 'image/webp' },
    {
      type: 'renders',
      renders: [{ id: a.id, name: `${i}`, date: i, seed: i, stopped: null, differences: [], starred: false }],
    },
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
