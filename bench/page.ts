/** The preview page in Chromium: how smoothly a long clip plays, how fast a timeline is drawn, and what both cost. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import type { HostMessage } from '../protocol/preview.ts';
import { openBrowser } from '../test/vscode/browser.ts';
import { openPreview } from '../test/webview/page/preview-page.ts';
import { DONE } from '../test/webview/page/recorded-states.ts';
import { longTimeline, portraitTimeline } from '../test/webview/page/timelines.ts';

const FRAMES = 300;
const FPS = 24;
const SIDE = 512;
const SECONDS = 10;

function printBundle(): void {
  const sizes = ['preview.js', 'preview.css'].map((name) => {
    const content = readFileSync(resolve(import.meta.dirname, '../dist', name));
    return `${name} ${kB(content.length)}, ${kB(gzipSync(content).length)} gzipped`;
  });
  console.log(`page: ${sizes.join('; ')}`);
}

const kB = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`;

async function playLongClip(browser: Browser): Promise<void> {
  const preview = await openPreview(browser);
  const timeline = { ...portraitTimeline(), frames: FRAMES, fps: FPS, keys: [], mix: null };
  await preview.send(DONE, { type: 'timeline', version: 1, timeline });
  await deliverClip(preview.page, await longClip());
  await preview.page.waitForFunction(() => Number(document.querySelector('.time-frame b')?.textContent) > 2);
  await preview.page.requestGC();
  for (const id of await pageProcesses(browser)) writeFileSync(`/proc/${id}/clear_refs`, '5');
  const { gaps, shown } = await preview.page.evaluate(async (milliseconds) => {
    const times: number[] = [];
    const frames: string[] = [];
    const start = performance.now();
    while (performance.now() - start < milliseconds) {
      times.push(await new Promise<number>((done) => requestAnimationFrame(done)));
      const frame = document.querySelector('.time-frame b')?.textContent ?? '';
      if (frames.at(-1) !== frame) frames.push(frame);
    }
    return { gaps: times.slice(1).map((time, i) => time - times[i]!), shown: frames.length };
  }, SECONDS * 1000);
  const sorted = gaps.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.floor((sorted.length - 1) * part)]!.toFixed(1);
  console.log(
    `page: ${FRAMES} frames of ${SIDE}² at ${FPS} fps for ${SECONDS} s: ${shown} of ${SECONDS * FPS} frames shown; ` +
      `time between two animation frames ${at(0.5)} ms, 99 % ${at(0.99)}, longest ${at(1)}; ` +
      `${gaps.filter((gap) => gap > 1000 / FPS).length} gaps longer than a frame; page process at most ${await peak(browser)} MB`,
  );
  await jumpAbout(preview.page);
  console.log(`page: after ${JUMPS} jumps in that clip, page process at most ${await peak(browser)} MB`);
  await preview.close();
}

/** Clicks at places of the timeline, each after the frame of the one before is there. */
async function jumpAbout(page: Page): Promise<void> {
  const film = await page.locator('.timeline canvas').first().boundingBox();
  if (film === null) throw new Error('The preview page has no timeline.');
  for (let i = 0; i < JUMPS; i++) {
    const before = await page.locator('.time-frame b').textContent();
    await page.mouse.click(film.x + film.width * (0.1 + 0.85 * ((i * 0.618) % 1)), film.y + 10);
    await page.waitForFunction((text) => document.querySelector('.time-frame b')?.textContent !== text, before);
  }
}

const JUMPS = 200;

/** In parts: a page that gets all bytes as one text needs more memory for that than for playing them. */
async function deliverClip(page: Page, { content, ...message }: ClipMessage): Promise<void> {
  const { bytes, ...animation } = content;
  await page.evaluate((length) => Object.assign(globalThis, { bytes: new Uint8Array(length) }), bytes.length);
  for (let at = 0; at < bytes.length; at += PART) {
    const part = Buffer.from(bytes.subarray(at, at + PART)).toString('base64');
    await page.evaluate(
      ([text, start]) => {
        const target = (globalThis as unknown as { bytes: Uint8Array }).bytes;
        const decoded = atob(text);
        for (let i = 0; i < decoded.length; i++) target[start + i] = decoded.charCodeAt(i);
      },
      [part, at] as const,
    );
  }
  await page.evaluate(
    ([rest, kind]) => {
      const page = globalThis as unknown as { bytes: Uint8Array | null };
      const data = { ...rest, content: { ...kind, bytes: page.bytes } };
      page.bytes = null;
      dispatchEvent(new MessageEvent('message', { data }));
    },
    [message, animation] as const,
  );
}

type Clip = Extract<HostMessage, { readonly type: 'clip' }>;
type ClipMessage = Clip & { readonly content: Extract<Clip['content'], { readonly kind: 'animation' }> };

const PART = 256 * 1024;

async function longClip(): Promise<ClipMessage> {
  const noise = await sharp({
    create: {
      width: SIDE,
      height: SIDE,
      channels: 3,
      background: '#000',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  })
    .blur(3)
    .png()
    .toBuffer();
  const images = await Promise.all(
    Array.from({ length: FRAMES }, async (_, i) => {
      const picture = sharp(noise).modulate({ hue: i * 3, brightness: 1 + 0.3 * Math.sin(i / 9) });
      return new Uint8Array(await picture.png().toBuffer());
    }),
  );
  const pages = await sharp(images.map(Buffer.from), { join: { animated: true } })
    .webp({ quality: 90, effort: 0, delay: images.map(() => Math.round(1000 / FPS)) })
    .toBuffer();
  console.log(`page: the clip has ${(pages.length / 1e6).toFixed(1)} MB`);
  const content = { kind: 'animation', mime: 'image/webp', bytes: new Uint8Array(pages), fps: FPS } as const;
  return { type: 'clip', side: 'a', id: 'bench.webp', label: 'bench', content };
}

/** Peak memory of the process of the page since it was reset, in MB. It is the largest of the browser's pages. */
async function peak(browser: Browser): Promise<number> {
  const ids = await pageProcesses(browser);
  const peaks = ids.map((id) => /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? '0');
  return Math.round((Math.max(...peaks.map(Number)) * 1024) / 1e6);
}

async function pageProcesses(browser: Browser): Promise<number[]> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
}

async function drawTimeline(browser: Browser, count: number): Promise<void> {
  const preview = await openPreview(browser);
  await preview.send(DONE, { type: 'timeline', version: 1, timeline: longTimeline(count, 0) });
  const times: number[] = [];
  for (let version = 2; version < 12; version++) {
    const message = { type: 'timeline', version, timeline: longTimeline(count, version) };
    // Only then is it measured: what the browser's inspector does to hand the message over delays the next frames.
    const handed = await preview.page.evaluateHandle(async (data) => {
      for (let i = 0; i < 5; i++) await new Promise(requestAnimationFrame);
      return data;
    }, message);
    times.push(
      await handed.evaluate(async (data) => {
        const start = performance.now();
        // VS Code posts the message to a frame, which copies it.
        dispatchEvent(new MessageEvent('message', { data: structuredClone(data) }));
        for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
        return performance.now() - start;
      }),
    );
    await handed.dispose();
  }
  const sorted = times.toSorted((a, b) => a - b);
  console.log(
    `page: timeline of ${count} keyframes, message to two animation frames later: ` +
      `${sorted[5]!.toFixed(0)} ms, at most ${sorted.at(-1)!.toFixed(0)}`,
  );
  await preview.close();
}

printBundle();
const browser = await openBrowser();
try {
  await playLongClip(browser);
  for (const keys of [30, 1000, 20_000]) await drawTimeline(browser, keys);
} finally {
  await browser.close();
}
