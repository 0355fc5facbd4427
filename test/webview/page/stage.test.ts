import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { HostMessage } from '../../../protocol/preview.ts';
import { openBrowser } from '../../vscode/browser.ts';
import { openPreview, type PreviewPage } from './preview-page.ts';
import { DONE } from './recorded-states.ts';
import { portraitTimeline } from './timelines.ts';

type Rgb = readonly [red: number, green: number, blue: number];

const RED: Rgb = [255, 0, 0];
const GREEN: Rgb = [0, 255, 0];
const BLUE: Rgb = [0, 0, 255];
const BLACK: Rgb = [0, 0, 0];

/** As `drawOnion` lays the frames before and after over the picture. */
const ONION_OPACITY = 0.28;

let browser: Browser;
let preview: PreviewPage;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());
afterEach(() => preview.close());

/** A clip whose frames have one color each. */
async function colors(side: 'a' | 'b', ...frames: Rgb[]): Promise<HostMessage> {
  const images = await Promise.all(
    frames.map(async ([r, g, b]) => {
      const picture = sharp({ create: { width: 64, height: 64, channels: 3, background: { r, g, b } } });
      return new Uint8Array(await picture.png().toBuffer());
    }),
  );
  return { type: 'clip', side, id: side, label: side, content: { kind: 'frames', mime: 'image/png', images, fps: 8 } };
}

async function open(stored: object, ...clips: HostMessage[]): Promise<void> {
  preview = await openPreview(browser, { reducedMotion: true, stored });
  await preview.send(DONE, { type: 'timeline', version: 1, timeline: portraitTimeline() }, ...clips);
}

/** Waits until a place of the canvas, in parts of its width, has a color. Blending may round. */
async function waitForColor(x: number, color: Rgb): Promise<void> {
  await preview.page.waitForFunction(
    ([at, wanted]) => {
      const canvas = document.querySelector<HTMLCanvasElement>('.stage > canvas')!;
      const place = [Math.round(canvas.width * at), Math.round(canvas.height / 2)] as const;
      const { data } = canvas.getContext('2d')!.getImageData(...place, 1, 1);
      return wanted.every((value, i) => Math.abs(value - data[i]!) <= 2);
    },
    [x, color] as const,
  );
}

const over = (color: Rgb, below: Rgb): Rgb =>
  below.map((value, i) => color[i]! * ONION_OPACITY + value * (1 - ONION_OPACITY)) as unknown as Rgb;

describe('two clips', () => {
  it('are side by side: A on the left half, B on the right one', async () => {
    await open({ compare: 'side' }, await colors('a', RED), await colors('b', BLUE));
    await waitForColor(0.25, RED);
    await waitForColor(0.75, BLUE);
  });

  it('are wiped: A up to the border, B after it', async () => {
    await open({ compare: 'wipe', wipe: 0.75 }, await colors('a', RED), await colors('b', BLUE));
    await waitForColor(0.55, RED);
    await preview.page.getByRole('slider', { name: 'Border between A and B' }).focus();
    for (let i = 0; i < 15; i++) await preview.page.keyboard.press('ArrowLeft');
    await waitForColor(0.45, RED);
    await waitForColor(0.55, BLUE);
  });

  it('are subtracted', async () => {
    await open({ compare: 'difference' }, await colors('a', RED, GREEN), await colors('b', BLUE, GREEN));
    await waitForColor(0.5, [255, 0, 255]);
    await preview.page.keyboard.press('ArrowRight');
    await waitForColor(0.5, BLACK);
  });

  it('show the same frame', async () => {
    await open({ compare: 'side' }, await colors('a', RED, GREEN), await colors('b', BLUE, RED));
    await preview.page.keyboard.press('ArrowRight');
    await waitForColor(0.25, GREEN);
    await waitForColor(0.75, RED);
  });
});

describe('the onion skin', () => {
  it('lays the frames before and after over the picture, and is switched off', async () => {
    await open({ frame: 1, onion: true }, await colors('a', RED, GREEN, BLUE));
    await waitForColor(0.5, over(BLUE, over(RED, GREEN)));
    await preview.page.keyboard.press('s');
    await waitForColor(0.5, GREEN);
  });

  it('has no frame before the first one', async () => {
    await open({ onion: true }, await colors('a', RED, GREEN, BLUE));
    await waitForColor(0.5, over(GREEN, RED));
  });
});

describe('the size of the pictures', () => {
  it('is told to the host, and grows with the zoom', async () => {
    await open({}, await colors('a', RED));
    await waitForColor(0.5, RED);
    const first = await preview.waitFor('shownSize');
    // The clip is as large as the stage, which is smaller than the window.
    expect(first.longestSide).toBeGreaterThan(256);
    expect(first.longestSide).toBeLessThan(1200);
    await preview.page.locator('.stage').hover();
    await preview.page.keyboard.down('Control');
    await preview.page.mouse.wheel(0, -900);
    await preview.page.keyboard.up('Control');
    await preview.page.waitForFunction(() => recorder().sent.filter(({ type }) => type === 'shownSize').length > 1);
    const sizes = (await preview.sent()).filter((message) => message.type === 'shownSize');
    expect(sizes.at(-1)!.longestSide).toBeGreaterThan(2 * first.longestSide);
  });
});
