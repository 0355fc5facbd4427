import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { HostMessage, PageMessage, PreviewInputs } from '../../../protocol/preview.ts';
import { openBrowser } from '../../vscode/browser.ts';
import { openPreview, type PreviewPage } from './preview-page.ts';
import { inputPicture } from './recorded-inputs.ts';
import { clip, DONE } from './recorded-states.ts';
import { FRAMES, portraitTimeline } from './timelines.ts';

let browser: Browser;
let preview: PreviewPage;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());
afterEach(() => preview.close());

/** Hints 100 + frame. There is no source, so that no strip asks for any. */
const INPUTS: PreviewInputs = {
  start: null,
  units: [
    {
      model: 'cn',
      preprocessor: 'canny',
      problem: null,
      sources: [],
      hints: Array.from({ length: FRAMES }, (_, frame) => 100 + frame),
    },
  ],
};

async function open(stored: object, ...messages: HostMessage[]): Promise<void> {
  preview = await openPreview(browser, { reducedMotion: true, stored });
  await preview.send(
    DONE,
    { type: 'timeline', version: 1, timeline: portraitTimeline() },
    { type: 'inputs', inputs: INPUTS },
    ...messages,
  );
}

const wanted = async () =>
  (await preview.sent())
    .filter((message): message is Extract<PageMessage, { type: 'wantInputs' }> => message.type === 'wantInputs')
    .map(({ ids }) => ids);

describe('the input', () => {
  it('is asked for while it is shown, for the frame that is shown, and only once', async () => {
    await open({}, clip());
    expect(await wanted()).toEqual([]);
    await preview.page.keyboard.press('h');
    await preview.page.getByText('Loading…').waitFor();
    expect(await wanted()).toEqual([[100]]);
    await preview.send(await inputPicture(100));
    await preview.page.getByRole('img', { name: 'Unit 1: canny, frame 0' }).waitFor();
    await preview.page.keyboard.press('ArrowRight');
    await preview.page.keyboard.press('ArrowLeft');
    expect(await wanted()).toEqual([[100], [101]]);
  });

  it('is beside the result, over it, and hidden, by the keyboard', async () => {
    await open({}, clip(), await inputPicture(100));
    const beside = preview.page.getByRole('region', { name: 'Input' });
    const over = preview.page.getByRole('group', { name: 'Over the result' });
    await preview.page.keyboard.press('h');
    await beside.waitFor();
    await preview.page.keyboard.press('h');
    await over.waitFor();
    expect(await beside.count()).toBe(0);
    await preview.page.keyboard.press('h');
    await over.waitFor({ state: 'detached' });
    expect(await preview.problems()).toEqual([]);
  });

  it('is chosen in a menu', async () => {
    await open({}, clip(), await inputPicture(100));
    await preview.page.getByRole('button', { name: 'Show Input (H)' }).click();
    await preview.page.getByRole('menuitemradio', { name: 'Unit 1: canny' }).click();
    await preview.page.getByRole('group', { name: 'Over the result' }).waitFor();
  });

  it('is laid over the result with the opacity that is set', async () => {
    const background = { r: 0, g: 0, b: 255 };
    const blue = await sharp({ create: { width: 16, height: 16, channels: 3, background } })
      .png()
      .toBuffer();
    await open({ input: 'over', inputOpacity: 0.9 }, clip(), {
      type: 'inputPicture',
      id: 100,
      image: new Uint8Array(blue),
      mime: 'image/png',
    });
    const isBlue = (least: number) =>
      preview.page.waitForFunction((min) => {
        const canvas = document.querySelector<HTMLCanvasElement>('.stage > canvas')!;
        const { data } = canvas.getContext('2d')!.getImageData(canvas.width / 2, canvas.height / 2, 1, 1);
        return data[2]! >= min && (min > 250 ? data[0]! < 5 : data[0]! > 5);
      }, least);
    await isBlue(220);
    const slider = preview.page.getByRole('slider', { name: 'Opacity' });
    await slider.focus();
    await preview.page.keyboard.press('End');
    await isBlue(254);
    expect(await slider.getAttribute('aria-valuetext')).toBe('100 %');
  });

  it('is not offered for a clip that has none', async () => {
    await open({ input: 'beside' }, clip(), { type: 'inputs', inputs: null });
    expect(await preview.page.getByRole('button', { name: 'Show Input (H)' }).count()).toBe(0);
    expect(await preview.page.getByRole('region', { name: 'Input' }).count()).toBe(0);
    await preview.page.keyboard.press('h');
    await preview.page.getByText('This clip has no input.').waitFor({ state: 'attached' });
  });
});
