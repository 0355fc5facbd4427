import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { HostMessage } from '../../../protocol/preview.ts';
import { openBrowser } from '../../vscode/browser.ts';
import { openPreview, type PageOptions, type PreviewPage, settled } from './preview-page.ts';
import { clip, DONE, decodedFrame, filled, latents, otherClip, RECORDED_STATES } from './recorded-states.ts';
import { portraitTimeline } from './timelines.ts';

let browser: Browser;
let preview: PreviewPage;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());
afterEach(() => preview?.close());

const TIMELINE: HostMessage = { type: 'timeline', version: 7, timeline: portraitTimeline() };
const SAMPLING: HostMessage = {
  ...DONE,
  state: { kind: 'sampling', step: 3, steps: 12, window: null, windows: null, secondsLeft: null },
};

async function open(options: PageOptions, ...messages: HostMessage[]): Promise<PreviewPage> {
  preview = await openPreview(browser, options);
  await preview.send(...messages);
  return preview;
}

/** The colour of a place of the picture, in parts of its size. */
async function pixel(x: number, y: number): Promise<number[]> {
  return preview.page.evaluate(
    ([px, py]) => {
      const canvas = document.querySelector<HTMLCanvasElement>('.stage > canvas')!;
      const side = Math.min(canvas.width, canvas.height) - 24;
      const [left, top] = [(canvas.width - side) / 2, (canvas.height - side) / 2];
      const data = canvas.getContext('2d')!.getImageData(left + px! * side, top + py! * side, 1, 1).data;
      return [...data].slice(0, 3);
    },
    [x, y],
  );
}

const frame = () => preview.page.locator('.time-frame b').textContent().then(Number);
const waitForFrame = (value: number) =>
  preview.page.waitForFunction((wanted) => document.querySelector('.time-frame b')?.textContent === `${wanted}`, value);

/** Waits until the colour of a place is another one, and returns it. */
async function changedPixel(before: readonly number[]): Promise<number[]> {
  for (;;) {
    await settled(preview.page);
    const now = await pixel(0.5, 0.3);
    if (Math.hypot(...now.map((value, i) => value - before[i]!)) > 12) return now;
  }
}

describe('a rendered clip', () => {
  it('plays by itself, on the canvas', async () => {
    await open({}, DONE, TIMELINE, clip());
    await preview.page.waitForFunction(
      () => document.querySelector('button.play')?.getAttribute('aria-label') === 'Pause',
    );
    const first = await pixel(0.5, 0.3);
    expect(first.some((value) => value > 60)).toBe(true);
    await changedPixel(first);
  });

  it('waits if the person prefers no motion', async () => {
    await open({ reducedMotion: true }, DONE, TIMELINE, clip());
    expect(await preview.page.locator('button.play').getAttribute('aria-label')).toBe('Play');
    expect(await frame()).toBe(0);
  });

  it('shows other pixels at another frame, and the same ones at the same frame', async () => {
    await open({ reducedMotion: true }, DONE, TIMELINE, clip());
    const first = await pixel(0.5, 0.3);
    await preview.send({ type: 'cursor', frame: 17 });
    await changedPixel(first);
    await preview.send({ type: 'cursor', frame: 0 });
    await preview.page.waitForFunction(() => true);
    await settled(preview.page);
    expect(await pixel(0.5, 0.3)).toEqual(first);
  });

  it('is asked about where the playhead rests', async () => {
    await open({ reducedMotion: true }, DONE, TIMELINE, clip());
    await preview.send({ type: 'cursor', frame: 12 });
    await preview.page.waitForFunction(() =>
      recorder().sent.some((message) => message.type === 'inspect' && message.frame === 12),
    );
  });

  it('that is damaged is one sentence', async () => {
    const broken = clip();
    if (broken.type !== 'clip' || broken.content.kind !== 'animation') throw new Error('An animation was expected.');
    await open({}, DONE, TIMELINE, { ...broken, content: { ...broken.content, bytes: new Uint8Array(100).fill(7) } });
    await preview.page.getByText('The file is damaged and cannot be shown.').waitFor();
    await preview.page.getByRole('button', { name: 'Open Outside' }).click();
    expect(await preview.waitFor('clip')).toMatchObject({ action: 'openOutside' });
  });

  it('holds 32 decoded frames at most, however long it is', async () => {
    preview = await openPreview(browser, {});
    await preview.page.evaluate(() => {
      const count = { open: 0, most: 0, all: 0 };
      const original = createImageBitmap;
      const counted = new WeakSet<ImageBitmap>();
      Object.assign(globalThis, {
        count,
        createImageBitmap: async (source: ImageBitmapSource, options?: ImageBitmapOptions) => {
          const bitmap = await (options ? original(source, options) : original(source));
          // Thumbnails are scaled.
          if (options === undefined) {
            counted.add(bitmap);
            count.all++;
            count.most = Math.max(count.most, ++count.open);
          }
          return bitmap;
        },
      });
      const close = ImageBitmap.prototype.close;
      ImageBitmap.prototype.close = function closeCounted() {
        if (counted.delete(this)) count.open--;
        close.call(this);
      };
    });
    const images = await Promise.all(
      Array.from({ length: 90 }, async (_, i) => {
        const message = await decodedFrame(i % 32);
        return message.type === 'frame' ? message.image : new Uint8Array();
      }),
    );
    const content = { kind: 'frames', mime: 'image/webp', images, fps: 8 } as const;
    const long: HostMessage = { type: 'timeline', version: 1, timeline: { ...portraitTimeline(), frames: 90 } };
    await preview.send(DONE, long, { type: 'clip', side: 'a', id: 'long', label: 'long', content });
    await preview.page.keyboard.press('9');
    const count = await preview.page
      .waitForFunction(() => {
        const { count: found } = globalThis as unknown as { count: { open: number; most: number; all: number } };
        return found.all > 300 ? found : null;
      })
      .then((handle) => handle.jsonValue());
    // One more while it is exchanged.
    expect(count!.most).toBeLessThanOrEqual(33);
  });

  it('is saved as PNG in its own size, also where it cannot be copied', async () => {
    await open({ reducedMotion: true }, DONE, TIMELINE, clip(), { type: 'cursor', frame: 4 });
    for (const [label, type] of [
      ['Save Frame as PNG…', 'saveFrame'],
      ['Copy Frame', 'cannotCopyFrame'],
    ] as const) {
      await preview.page.getByRole('button', { name: 'More', exact: true }).click();
      await preview.page.getByRole('menuitem', { name: label }).click();
      const size = await preview.page
        .waitForFunction((wanted) => {
          const sent = recorder().sent.find((message) => message.type === wanted);
          if (sent?.type !== 'saveFrame' && sent?.type !== 'cannotCopyFrame') return null;
          const view = new DataView(sent.png.buffer);
          return { frame: sent.frame, width: view.getUint32(16), height: view.getUint32(20) };
        }, type)
        .then((handle) => handle.jsonValue());
      expect(size).toEqual({ frame: 4, width: 128, height: 128 });
    }
  });

  it('is copied as a picture', async () => {
    await open({ reducedMotion: true, clipboard: true }, DONE, TIMELINE, clip(), { type: 'cursor', frame: 4 });
    await preview.page.getByRole('button', { name: 'More', exact: true }).click();
    await preview.page.getByRole('menuitem', { name: 'Copy Frame' }).click();
    expect(await preview.waitFor('frameCopied')).toEqual({ type: 'frameCopied', frame: 4 });
    const size = await preview.page.evaluate(async () => {
      const [item] = await navigator.clipboard.read();
      const { width, height } = await createImageBitmap(await item!.getType('image/png'));
      return { width, height };
    });
    expect(size).toEqual({ width: 128, height: 128 });
  });
});

describe('a running render', () => {
  it('plays its latents, and replaces them by decoded frames', async () => {
    await open({ reducedMotion: true }, SAMPLING, TIMELINE, await latents(0.3, 3));
    const noisy = await pixel(0.5, 0.3);
    await preview.send(await latents(0.9, 4));
    const clearer = await changedPixel(noisy);
    await preview.send(await decodedFrame(0));
    await changedPixel(clearer);
    await preview.send({ type: 'cursor', frame: 1 });
    expect(await frame()).toBe(1);
  });

  it('shows a decoded preview of a frame until the frame itself is there', async () => {
    await open({ reducedMotion: true }, SAMPLING, TIMELINE, await latents(0.3, 3));
    await settled(preview.page);
    const coarse = await pixel(0.5, 0.3);
    await preview.send(await filled('preview', 0, [255, 0, 0]));
    const previewed = await changedPixel(coarse);
    expect(previewed[0]! - previewed[1]!).toBeGreaterThan(200);
    // Latents of a later step are coarser.
    await preview.send(await latents(0.6, 4));
    await settled(preview.page);
    expect(await pixel(0.5, 0.3)).toEqual(previewed);
    await preview.send(await filled('frame', 0, [0, 255, 0]));
    const decoded = await changedPixel(previewed);
    expect(decoded[1]! - decoded[0]!).toBeGreaterThan(200);
  });

  it('plays by itself and goes on while steps arrive', async () => {
    await open({}, SAMPLING, TIMELINE, await latents(0.3, 3));
    await preview.page.waitForFunction(() => Number(document.querySelector('.time-frame b')?.textContent) > 1);
    await preview.send(await latents(0.6, 4));
    const before = await frame();
    await preview.page.waitForFunction(
      (old) => Number(document.querySelector('.time-frame b')?.textContent) !== old,
      before,
    );
  });

  it('with latents of the wrong size is reported, and the page goes on', async () => {
    await open({}, SAMPLING, TIMELINE, {
      type: 'latents',
      step: 1,
      frames: 4,
      width: 2,
      height: 2,
      rgb: new Uint8Array(5),
    });
    expect((await preview.waitFor('error')).message).toContain('Latents of 4 frames');
    await preview.send({ type: 'cursor', frame: 9 });
    expect(await frame()).toBe(9);
  });
});

describe('the keys', () => {
  const press = (key: string) => preview.page.keyboard.press(key);

  it('play, step and jump', async () => {
    await open({ reducedMotion: true }, DONE, TIMELINE, clip());
    await press('ArrowRight');
    await press('ArrowRight');
    await waitForFrame(2);
    await press('ArrowLeft');
    await waitForFrame(1);
    await press('Shift+ArrowRight');
    await waitForFrame(5);
    await press('Shift+ArrowRight');
    await waitForFrame(15);
    await press('Shift+ArrowLeft');
    await waitForFrame(5);
    await press('End');
    await waitForFrame(31);
    await press('Home');
    await waitForFrame(0);
    await press('Space');
    await preview.page.waitForFunction(() => Number(document.querySelector('.time-frame b')?.textContent) > 2);
    await press('Space');
    const stopped = await frame();
    await settled(preview.page);
    expect(await frame()).toBe(stopped);
  });

  it('set the loop range, the loop, the speed and the zoom, and switch the onion skin and the full view', async () => {
    await open({ reducedMotion: true }, DONE, TIMELINE, clip(), { type: 'cursor', frame: 8 });
    const arranged = (part: Record<string, unknown>) =>
      preview.page.waitForFunction((wanted) => {
        const stored = recorder().stored as Record<string, unknown> | null;
        return Object.entries(wanted).every(([key, value]) => JSON.stringify(stored?.[key]) === JSON.stringify(value));
      }, part);
    await press('i');
    await preview.send({ type: 'cursor', frame: 20 });
    await press('o');
    await press('l');
    await press('1');
    await press('0');
    await press('s');
    await arranged({ range: { first: 8, last: 20 }, loop: 'ping-pong', speed: 0.1, onion: true });
    expect(await preview.page.getByRole('button', { name: 'Zoom: 100 %' }).count()).toBe(1);
    await press('f');
    await press('5');
    await arranged({ speed: 1, zoom: { kind: 'fit' } });
    await press('z');
    await preview.page.locator('.timeline').waitFor({ state: 'detached' });
    await preview.page.getByRole('slider', { name: 'Frame' }).waitFor();
    // Back to the timeline before it is back to the text.
    await press('Escape');
    await preview.page.locator('.timeline').waitFor();
    expect((await preview.sent()).some(({ type }) => type === 'command')).toBe(false);
  });

  it('go to the line, to the text, and render', async () => {
    await open({ reducedMotion: true }, DONE, TIMELINE, clip(), { type: 'cursor', frame: 17 });
    await press('Enter');
    expect(await preview.waitFor('reveal')).toEqual({ type: 'reveal', line: 14 });
    await press('Escape');
    await press('Control+Enter');
    const commands = (await preview.sent()).filter(({ type }) => type === 'command');
    expect(commands).toEqual([
      { type: 'command', command: 'focusText' },
      { type: 'command', command: 'render' },
    ]);
  });

  it('with modifiers reach VS Code', async () => {
    await open({ reducedMotion: true }, DONE, TIMELINE, clip());
    await preview.page.evaluate(() => {
      const kept: boolean[] = [];
      Object.assign(globalThis, { prevented: kept });
      addEventListener('keydown', (event) => kept.push(event.defaultPrevented));
    });
    for (const key of ['Control+ArrowRight', 'Alt+1', 'Control+Shift+KeyP', 'Control+KeyF', 'F1']) await press(key);
    const prevented = await preview.page.evaluate(() => (globalThis as unknown as { prevented: boolean[] }).prevented);
    expect(prevented.some(Boolean)).toBe(false);
    expect(await frame()).toBe(0);
  });

  it('undo, redo and save in the text, which VS Code would do in the page', async () => {
    await open({ reducedMotion: true }, DONE, TIMELINE, clip());
    await preview.page.evaluate(() => {
      const reached: string[] = [];
      Object.assign(globalThis, { reached });
      // As VS Code listens in a webview.
      addEventListener('keydown', ({ key }) => reached.push(key));
    });
    for (const key of ['Control+z', 'Control+Shift+z', 'Meta+s']) await press(key);
    const commands = (await preview.sent()).flatMap((message) => (message.type === 'command' ? [message.command] : []));
    expect(commands).toEqual(['undo', 'redo', 'save']);
    const reached = await preview.page.evaluate(() => (globalThis as unknown as { reached: string[] }).reached);
    expect(reached.filter((key) => /^[a-z]$/i.test(key))).toEqual([]);
  });

  it('are listed', async () => {
    await open({ reducedMotion: true }, DONE, TIMELINE, clip());
    await press('?');
    await preview.page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await press('ArrowRight');
    expect(await frame()).toBe(0);
    await press('Escape');
    await preview.page.getByRole('dialog').waitFor({ state: 'detached' });
    expect((await preview.sent()).some(({ type }) => type === 'command')).toBe(false);
  });

  it('go on working after a click on a button', async () => {
    await open({ reducedMotion: true }, DONE, TIMELINE, clip());
    await preview.page.getByRole('button', { name: 'Next Frame (→)' }).click();
    await waitForFrame(1);
    await press('Space');
    await preview.page.waitForFunction(
      () => document.querySelector('button.play')?.getAttribute('aria-label') === 'Pause',
    );
    await press('Space');
  });
});

describe('comparing', () => {
  it('shows both clips: side by side, wiped, and their difference', async () => {
    await open({ reducedMotion: true }, DONE, TIMELINE, clip(), await otherClip());
    await preview.page.getByRole('slider', { name: 'Border between A and B' }).waitFor();
    const [left, right] = [await pixel(0.1, 0.05), await pixel(0.9, 0.05)];
    expect(Math.hypot(...left.map((value, i) => value - right[i]!))).toBeGreaterThan(20);
    await preview.page.getByRole('slider', { name: 'Border between A and B' }).focus();
    for (let i = 0; i < 26; i++) await preview.page.keyboard.press('ArrowRight');
    await settled(preview.page);
    const onlyA = await pixel(0.9, 0.05);
    expect(Math.hypot(...onlyA.map((value, i) => value - right[i]!))).toBeGreaterThan(20);
    await preview.page.getByRole('button', { name: 'Difference' }).click();
    await settled(preview.page);
    expect(Math.max(...(await pixel(0.9, 0.05)).map((value, i) => Math.abs(value - onlyA[i]!)))).toBeGreaterThan(20);
  });

  it('of a clip with itself shows no difference', async () => {
    await open(
      { reducedMotion: true, stored: { compare: 'difference' } },
      DONE,
      TIMELINE,
      clip(),
      clip('b', 'renders/portrait/copy.webp'),
    );
    await preview.page.getByText('Black: no difference').waitFor();
    await settled(preview.page);
    await settled(preview.page);
    // Scaling rounds.
    expect(Math.max(...(await pixel(0.5, 0.3)))).toBeLessThan(3);
  });

  it('starts with the next older render', async () => {
    await open({ reducedMotion: true }, ...(await RECORDED_STATES.find(({ name }) => name === 'done')!.messages()));
    await preview.page.keyboard.press('c');
    expect(await preview.waitFor('clip')).toEqual({ type: 'clip', id: 'renders/portrait/7.webp', action: 'compare' });
  });
});
