import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { HostMessage } from '../../../protocol/preview.ts';
import { openBrowser } from '../../vscode/browser.ts';
import { openPreview, type PageOptions, type PreviewPage, settled } from './preview-page.ts';
import { WINDOWS } from './recorded-states.ts';
import { hugeTimeline, longTimeline, portraitTimeline, richTimeline, withErrors } from './timelines.ts';

let browser: Browser;
let preview: PreviewPage;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());
afterEach(() => preview?.close());

const STATE: HostMessage = {
  type: 'state',
  name: 'portrait',
  subject: 'text',
  locked: false,
  state: { kind: 'never-rendered' },
};
const timeline = (value = portraitTimeline()): HostMessage => ({ type: 'timeline', version: 7, timeline: value });

async function open(options: PageOptions, ...messages: HostMessage[]): Promise<void> {
  preview = await openPreview(browser, { reducedMotion: true, ...options });
  await preview.send(STATE, ...messages);
}

const frame = () => preview.page.locator('.time-frame b').textContent().then(Number);

/** Where a frame is on a lane, in pixels of the page. */
async function placeOf(lane: 'ruler' | 'frames' | 'keys', at: number, frames = 32) {
  const plot = (await preview.page.locator('.plot').boundingBox())!;
  const y = { ruler: 8, frames: 40, keys: 90 }[lane];
  return { x: plot.x + ((at + 0.5) * plot.width) / frames, y: plot.y + y };
}

async function drag(from: { x: number; y: number }, to: { x: number; y: number }, drop = true): Promise<void> {
  const { mouse } = preview.page;
  await mouse.move(from.x, from.y);
  await mouse.down();
  await mouse.move((from.x + to.x) / 2, to.y, { steps: 4 });
  await mouse.move(to.x, to.y, { steps: 4 });
  if (drop) await mouse.up();
  await settled(preview.page);
}

const edits = async () => (await preview.sent()).filter((message) => message.type === 'edit');

describe('the pointer', () => {
  it('scrubs', async () => {
    await open({}, timeline());
    await drag(await placeOf('ruler', 3), await placeOf('ruler', 20));
    expect(await frame()).toBe(20);
    expect((await preview.sent()).some(({ type }) => type === 'reveal')).toBe(false);
  });

  it('goes to a frame of the film', async () => {
    await open({}, timeline());
    const { x, y } = await placeOf('frames', 9);
    await preview.page.mouse.click(x, y);
    expect(await frame()).toBe(9);
  });

  it('drags a keyframe: one edit when it is dropped, snapped to a frame', async () => {
    await open({}, timeline());
    const to = await placeOf('keys', 18);
    await drag(await placeOf('keys', 15), { x: to.x + 4, y: to.y }, false);
    expect(await edits()).toEqual([]);
    await preview.page.mouse.up();
    await settled(preview.page);
    expect(await edits()).toEqual([{ type: 'edit', version: 7, edit: { kind: 'moveKey', index: 2, frame: 18 } }]);
    expect((await preview.sent()).some(({ type }) => type === 'reveal')).toBe(false);
  });

  it('cancels a drag with Escape', async () => {
    await open({}, timeline());
    await drag(await placeOf('keys', 15), await placeOf('keys', 18), false);
    await preview.page.keyboard.press('Escape');
    await preview.page.mouse.up();
    await settled(preview.page);
    expect((await preview.sent()).filter(({ type }) => type === 'edit' || type === 'command')).toEqual([]);
  });

  it('drags the end of a hold, and all later keyframes with Shift', async () => {
    await open({}, timeline(richTimeline()));
    await drag(await placeOf('keys', 4), await placeOf('keys', 7));
    await preview.page.keyboard.down('Shift');
    await drag(await placeOf('keys', 10), await placeOf('keys', 9));
    await preview.page.keyboard.up('Shift');
    expect((await edits()).map(({ edit }) => edit)).toEqual([
      { kind: 'moveHoldEnd', index: 0, frame: 7 },
      { kind: 'shiftKeys', index: 1, by: -1 },
    ]);
  });

  it('goes to the line of a keyframe and of a problem', async () => {
    await open({}, timeline(richTimeline()));
    const key = await placeOf('keys', 10);
    await preview.page.mouse.click(key.x, key.y);
    expect(await preview.waitFor('reveal')).toEqual({ type: 'reveal', line: 11 });
    expect(await frame()).toBe(10);
  });

  it('inserts a keyframe by a double click', async () => {
    await open({}, timeline());
    const { x, y } = await placeOf('keys', 22);
    await preview.page.mouse.dblclick(x, y);
    expect((await preview.waitFor('edit')).edit).toEqual({ kind: 'insertKey', frame: 22 });
  });

  it('sets the transition in a menu', async () => {
    await open({}, timeline(richTimeline()));
    const { x, y } = await placeOf('keys', 18);
    await preview.page.mouse.click(x, y, { button: 'right' });
    expect(await preview.page.getByRole('menuitemradio', { checked: true }).textContent()).toBe('cut');
    await preview.page.getByRole('menuitemradio', { name: 'ease-in', exact: true }).click();
    expect((await preview.waitFor('edit')).edit).toEqual({ kind: 'setTransition', index: 2, transition: 'ease-in' });
  });

  it('zooms with Ctrl and the wheel, and keeps the frame under it', async () => {
    await open({}, timeline());
    const { x, y } = await placeOf('frames', 20);
    await preview.page.mouse.move(x, y);
    await preview.page.keyboard.down('Control');
    await preview.page.mouse.wheel(0, -400);
    await preview.page.keyboard.up('Control');
    await settled(preview.page);
    await preview.page.mouse.click(x, y);
    expect(await frame()).toBe(20);
    expect(await preview.page.getByRole('button', { name: 'Zoom Timeline Out' }).isEnabled()).toBe(true);
  });

  it('changes nothing while the text has errors', async () => {
    await open({}, timeline(), timeline(withErrors(portraitTimeline())));
    await drag(await placeOf('keys', 15), await placeOf('keys', 18));
    const { x, y } = await placeOf('keys', 22);
    await preview.page.mouse.dblclick(x, y);
    expect(await edits()).toEqual([]);
  });
});

describe('the grid', () => {
  const cell = () =>
    preview.page.evaluate(() => {
      const grid = document.querySelector('[role=grid]')!;
      return document.getElementById(grid.getAttribute('aria-activedescendant')!)!.textContent;
    });

  it('reads what is at the playhead, lane by lane', async () => {
    await open({}, timeline(), WINDOWS, { type: 'cursor', frame: 12 });
    await preview.page.getByRole('grid').focus();
    expect(await cell()).toBe('frame 12, no keyframe');
    await preview.page.keyboard.press('ArrowDown');
    expect(await cell()).toBe('frame 12, 70 % red hair, 30 % (bun hair:1.3)');
    await preview.page.keyboard.press('ArrowRight');
    expect(await cell()).toBe('frame 13, 80 % red hair, 20 % (bun hair:1.3)');
    await preview.page.keyboard.press('ArrowDown');
    expect(await cell()).toMatch(/^frame 13, \d windows$/);
  });

  it('opens the menu of a keyframe, and moves it', async () => {
    await open({}, timeline(), { type: 'cursor', frame: 15 });
    await preview.page.getByRole('grid').focus();
    await preview.page.keyboard.press('Shift+F10');
    await preview.page.getByRole('menuitem', { name: 'Move to Frame…' }).click();
    await preview.page.getByRole('spinbutton').fill('20');
    await preview.page.keyboard.press('Enter');
    expect((await preview.waitFor('edit')).edit).toEqual({ kind: 'moveKey', index: 2, frame: 20 });
  });
});

describe('a long clip', () => {
  it('draws 20,000 keyframes', async () => {
    await open({}, timeline());
    const huge = timeline(hugeTimeline());
    const milliseconds = await preview.page.evaluate(async (text) => {
      const data = JSON.parse(text);
      const start = performance.now();
      dispatchEvent(new MessageEvent('message', { data }));
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      return performance.now() - start;
    }, JSON.stringify(huge));
    console.log(`20,000 keyframes: ${Math.round(milliseconds)} ms from the message to the second frame after it`);
    await preview.page.getByText('20,000 keyframes').waitFor();
    const { x, y } = await placeOf('keys', 30_000, 60_000);
    await preview.page.mouse.click(x, y);
    await settled(preview.page);
    expect(await preview.page.getByRole('button', { name: 'Zoom Timeline Out' }).isEnabled()).toBe(true);
  });

  it('follows a text that is typed', async () => {
    await open({}, timeline());
    const milliseconds = await preview.page.evaluate(
      async (text) => {
        const data = JSON.parse(text);
        const start = performance.now();
        dispatchEvent(new MessageEvent('message', { data }));
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        return performance.now() - start;
      },
      JSON.stringify(timeline(longTimeline(1000))),
    );
    console.log(`1,000 keyframes: ${Math.round(milliseconds)} ms from the message to the second frame after it`);
    await preview.page.getByText('1,000 keyframes').waitFor();
  });
});
