import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { HostMessage } from '../../../protocol/preview.ts';
import { openBrowser } from '../../vscode/browser.ts';
import { openPreview, type PreviewPage, settled } from './preview-page.ts';
import { clip, detailsAt, RECORDED_STATES } from './recorded-states.ts';
import { portraitTimeline } from './timelines.ts';

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

describe('text', () => {
  it.each([
    '<img src=x onerror="globalThis.bad = true">',
    '</script><script>globalThis.bad = true</script>',
    `${'a very long prompt, '.repeat(50_000)}`,
  ])('stays text: %.40s', async (hostile) => {
    preview = await openPreview(browser, { reducedMotion: true });
    const clean = portraitTimeline();
    const details = detailsAt(12);
    await preview.send(
      {
        type: 'state',
        name: hostile,
        subject: 'text',
        locked: false,
        state: { kind: 'failed', message: hostile, resumable: false },
      },
      timeline({
        ...clean,
        keys: clean.keys.map((key) => ({ ...key, text: hostile, negative: hostile })),
        lanes: [{ name: hostile.slice(0, 200), kind: 'lora', values: [0.5] }],
        problems: [{ severity: 'warning', line: 3, frame: 4, message: hostile }],
      }),
      { type: 'cursor', frame: 12 },
      { type: 'details', details: { ...details, positive: { ...details.positive, from: hostile, to: `${hostile}!` } } },
      {
        type: 'renders',
        renders: [
          { id: hostile, name: hostile, date: 0, seed: 1, stopped: null, differences: [hostile], starred: false },
        ],
      },
    );
    await preview.page.getByRole('tab', { name: 'Renders (1)' }).click();
    const found = await preview.page.evaluate(() => ({
      bad: 'bad' in globalThis,
      images: document.querySelectorAll('img').length,
      scripts: document.querySelectorAll('script').length,
      wide: document.documentElement.scrollWidth > innerWidth,
      // Laying out a million characters would stop the page.
      long: document.documentElement.outerHTML.length > 100_000,
    }));
    expect(found).toEqual({ bad: false, images: 0, scripts: 2, wide: false, long: false });
    expect(await preview.problems()).toEqual([]);
  });
});

describe('messages', () => {
  it('that are not understood are reported, and change nothing', async () => {
    preview = await openPreview(browser, { reducedMotion: true });
    await preview.send(STATE, timeline());
    await preview.sendRaw({ type: 'timeline', version: 1, timeline: { frames: -1 } });
    await preview.sendRaw({ type: 'unknown' });
    await preview.sendRaw('text');
    const errors = (await preview.sent()).filter(({ type }) => type === 'error');
    expect(errors).toHaveLength(3);
    await preview.page.getByText('Not rendered yet').waitFor();
  });
});

describe('the arrangement', () => {
  const arrange = async () => {
    await preview.page.keyboard.press('ArrowRight');
    await preview.page.keyboard.press('2');
    await preview.page.keyboard.press('l');
    await preview.page.keyboard.press('0');
    await preview.page.getByRole('tab', { name: /^Renders/ }).click();
  };
  const storedFrame = (wanted: number) =>
    preview.page.waitForFunction((frame) => (recorder().stored as { frame?: number } | null)?.frame === frame, wanted);

  it('is stored, and comes back', async () => {
    const messages = await RECORDED_STATES.find(({ name }) => name === 'done')!.messages();
    preview = await openPreview(browser, { reducedMotion: true });
    await preview.send(...messages);
    await arrange();
    await preview.page.waitForFunction(() => (recorder().stored as { tab?: string } | null)?.tab === 'renders');
    const stored = await preview.stored();
    expect(stored).toMatchObject({ frame: 1, speed: 0.25, loop: 'ping-pong', tab: 'renders', zoom: { factor: 1 } });
    await preview.close();
    preview = await openPreview(browser, { reducedMotion: true, stored });
    await preview.send(...messages);
    expect(await preview.page.locator('.time-frame b').textContent()).toBe('1');
    expect(await preview.page.getByRole('tab', { selected: true }).textContent()).toBe('Renders (3)');
    await preview.page.getByText('100 %').first().waitFor();
  });

  it.each([{ frame: -4, zoom: 'x', span: { start: 9, end: 1 } }, 'nonsense', [1]])(
    'that was stored by something else is ignored: %j',
    async (stored) => {
      preview = await openPreview(browser, { reducedMotion: true, stored });
      await preview.send(STATE, timeline(), clip());
      expect(await preview.page.locator('.time-frame b').textContent()).toBe('0');
      expect(await preview.problems()).toEqual([]);
    },
  );

  it('of a page that is laid out while hidden is not stored', async () => {
    preview = await openPreview(browser, { reducedMotion: true, width: 300, height: 150, stored: { frame: 9 } });
    await preview.send(STATE, timeline());
    await preview.send({ type: 'cursor', frame: 3 });
    await preview.page.setViewportSize({ width: 800, height: 600 });
    expect(await preview.stored()).toEqual({ frame: 9 });
    await preview.send({ type: 'cursor', frame: 4 });
    await storedFrame(4);
  });
});

it('never takes the focus by itself', async () => {
  preview = await openPreview(browser, { reducedMotion: true });
  for (const { messages } of RECORDED_STATES) {
    await preview.send(...(await messages()));
    expect(await preview.page.evaluate(() => document.activeElement === document.body)).toBe(true);
  }
});

it('announces progress and the end of a render', async () => {
  preview = await openPreview(browser, { reducedMotion: true });
  const sampling = (step: number): HostMessage => ({
    ...STATE,
    state: { kind: 'sampling', step, steps: 4, window: null, windows: null, secondsLeft: null },
  });
  await preview.send(STATE, timeline(), sampling(1), sampling(2));
  const spoken = () => preview.page.getByRole('status').textContent();
  expect(await spoken()).toBe('25 % sampled');
  await preview.send({ ...STATE, state: { kind: 'done', summary: '32 frames, seed 42', outdated: [] } });
  expect(await spoken()).toBe('Rendered. 32 frames, seed 42');
});

it('sends what its buttons say', async () => {
  preview = await openPreview(browser, { reducedMotion: true });
  await preview.send(...(await RECORDED_STATES.find(({ name }) => name === 'never-rendered')!.messages()));
  await preview.page.getByRole('button', { name: 'Render Draft' }).click();
  await preview.page.getByRole('button', { name: 'Preview This Frame' }).click();
  await preview.page.getByRole('button', { name: /^Follows the active file/ }).click();
  const sent = (await preview.sent()).filter(({ type }) => type === 'command' || type === 'previewFrame');
  expect(sent).toEqual([
    { type: 'command', command: 'draft' },
    { type: 'previewFrame', frame: 12 },
    { type: 'command', command: 'toggleLock' },
  ]);
});

it('says how many steps the sampler makes if they are not those of the file', async () => {
  preview = await openPreview(browser, { reducedMotion: true });
  await preview.send(STATE, timeline({ ...portraitTimeline(), steps: 62, settingSteps: 60 }), {
    type: 'details',
    details: detailsAt(0),
  });
  await preview.page.locator('.values').getByText('60 (the sampler makes 62)').waitFor();
  await preview.send(timeline());
  await preview.page.locator('.values').getByText('12', { exact: true }).waitFor();
});

it('offers for a rendered file only what can be done with one', async () => {
  preview = await openPreview(browser, { reducedMotion: true, stored: { tab: 'renders' } });
  await preview.send(...(await RECORDED_STATES.find(({ name }) => name === 'rendered-file')!.messages()));
  const tools = preview.page.locator('.header button');
  expect(await tools.allTextContents()).toEqual(['Open Source', 'Render Again']);
  expect(await preview.page.getByRole('tab').allTextContents()).toEqual(['Frame']);
  await preview.page.getByRole('button', { name: 'Open Source' }).click();
  await preview.page.keyboard.press('c');
  await preview.page.getByRole('button', { name: 'Render Again' }).click();
  const sent = (await preview.sent()).filter(({ type }) => type === 'clip' || type === 'command');
  expect(sent).toEqual([
    { type: 'clip', id: '/clips/2026-11-29-42.webp', action: 'openSource' },
    { type: 'command', command: 'render' },
  ]);
});

it('shows of a rendered file without a source nothing but its clip', async () => {
  preview = await openPreview(browser, { reducedMotion: true });
  await preview.send(...(await RECORDED_STATES.find(({ name }) => name === 'file-without-source')!.messages()));
  expect(await preview.page.locator('.header button, .side, .timeline').count()).toBe(0);
  await preview.page.getByRole('button', { name: 'Play', exact: true }).waitFor();
});

it('manages renders', async () => {
  preview = await openPreview(browser, { reducedMotion: true, stored: { tab: 'renders' } });
  await preview.send(...(await RECORDED_STATES.find(({ name }) => name === 'done')!.messages()));
  await settled(preview.page);
  expect(await preview.page.locator('img.render-picture').count()).toBe(3);
  // The starred one is first.
  const first = preview.page.locator('.render').first();
  await first.getByRole('button', { name: 'Star' }).click();
  await first.getByRole('button', { name: 'Compare with What Is Shown' }).click();
  await first.getByRole('button', { name: /^More for/ }).click();
  await preview.page.getByRole('menuitem', { name: 'Save As…' }).click();
  await first.getByRole('button', { name: /^Show/ }).click();
  const sent = (await preview.sent()).filter((message) => message.type === 'clip');
  expect(sent.map(({ id, action }) => `${id} ${action}`)).toEqual([
    'renders/portrait/7.webp star',
    'renders/portrait/7.webp compare',
    'renders/portrait/7.webp saveAs',
    'renders/portrait/7.webp show',
  ]);
});
