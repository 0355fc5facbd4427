/**
 * `npm run record`: records what the README and the walkthrough show. A prompt is typed, rendered with `pocket`, and
 * plays in the preview. Takes a minute or two, and needs what the tests inside VS Code need.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { ROOT } from '../test/vscode/folders.ts';
import type { PreviewFrame } from '../test/vscode/preview-frame.ts';
import { startSession } from '../test/vscode/session.ts';

/** Of the README and the docs, which are read in places that do not know WebP. */
const GIF = join(ROOT, 'docs/images/first-run.gif');
/** Of the walkthrough: a third of the size, because each package has it. */
const WEBP = join(ROOT, 'media/walkthrough/first-run.webp');
const SIZE = { width: 900, height: 660 };
const TEXT_WIDTH = 370;

const SETTINGS = '---\nframes: 16\nfps: 8\nseed: 42\nsteps: 12\ncfg_scale: 5\nsave: [webp]\n---\n';
const TYPED = ['cute woman, long hair, fox ears\n\n', '0: blonde hair, closed eyes\n', '8: red hair, smile'];

/** Milliseconds of a frame of the clip. */
const FRAME = 125;
/** Milliseconds of a few letters, and of the end of a line. */
const [LETTERS, LINE] = [80, 240];
/** Shots of what a render says it does, however long it does it. */
const SHOTS = 3;
/** How often the finished clip plays. */
const LOOPS = 2;

/** Only what is shown: nothing that blinks, opens or slides in. */
const PLAIN_WINDOW = {
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'chat.disableAIFeatures': true,
  'workbench.startupEditor': 'none',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.tips.enabled': false,
  'workbench.activityBar.location': 'hidden',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.layoutControl.enabled': false,
  'workbench.editor.editorActionsLocation': 'hidden',
  'window.commandCenter': false,
  'window.menuBarVisibility': 'hidden',
  'breadcrumbs.enabled': false,
  'editor.minimap.enabled': false,
  'editor.folding': false,
  'editor.glyphMargin': false,
  'editor.scrollbar.vertical': 'hidden',
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
  'editor.suggestOnTriggerCharacters': false,
  'editor.cursorBlinking': 'solid',
  'editor.fontSize': 14,
  'editor.codeLens': false,
  'editor.inlayHints.enabled': 'off',
  'editor.wordWrap': 'off',
  'files.autoSave': 'off',
};

/** One picture of the GIF. @property delay in milliseconds */
interface Shot {
  readonly png: Buffer;
  readonly delay: number;
}

class Recorder {
  readonly shots: Shot[] = [];
  readonly #page: Page;
  readonly #preview: PreviewFrame;

  constructor(page: Page, preview: PreviewFrame) {
    this.#page = page;
    this.#preview = preview;
  }

  /** @param delay how long it is shown, in milliseconds */
  async shoot(delay: number): Promise<void> {
    this.shots.push({ png: await this.#page.screenshot(), delay });
  }

  /** Moves on by a frame of the clip, if it plays, however long it takes to record it. */
  async shootFrame(): Promise<void> {
    await this.#preview.locator('.stage canvas').evaluate(`passTime(${FRAME})`);
    await this.shoot(FRAME);
  }
}

/** Runs in each page before its scripts: animations of webviews move only when the recorder lets time pass. */
const OWN_CLOCK = `if (window !== top) {
  const nextFrame = requestAnimationFrame.bind(window);
  let now = 0;
  window.requestAnimationFrame = (draw) => nextFrame(() => draw(now));
  window.passTime = (ms) => {
    now += ms;
    return new Promise((drawn) => nextFrame(() => nextFrame(() => drawn())));
  };
}`;

async function type(page: Page, recorder: Recorder): Promise<void> {
  for (const line of TYPED) {
    for (const letters of line.match(/\n+|[^\n]{1,3}/g) ?? []) {
      await page.keyboard.type(letters);
      await recorder.shoot(letters.startsWith('\n') ? LINE : LETTERS);
    }
  }
}

/** Shows what the render does, a few times each, until it is done. */
async function watchRender(preview: PreviewFrame, recorder: Recorder): Promise<void> {
  const counts = new Map<string, number>();
  for (;;) {
    const state = (await preview.locator('section[aria-label=State]').first().textContent()) ?? '';
    if (/seed 42, in/.test(state)) return;
    // Each step is something else, each decoded frame is not.
    const doing = /Step \d+|Decoding|Writing|Loading/.exec(state)?.[0];
    const count = counts.get(doing ?? '') ?? 0;
    if (doing === undefined || count >= SHOTS) await setTimeout(50);
    else {
      counts.set(doing, count + 1);
      await recorder.shootFrame();
    }
  }
}

async function record(): Promise<readonly Shot[]> {
  await using session = await startSession({ name: 'recording', settings: PLAIN_WINDOW }, SIZE);
  await writeFile(join(session.workspace, 'fox.travel'), SETTINGS);
  const person = await session.open({ file: 'fox.travel', folder: false, script: OWN_CLOCK });
  const { page, preview } = person;
  await person.runCommand('Travel: Open Preview to the Side');
  await preview.locator('#cell-keys').waitFor({ state: 'attached' });
  // The preview gets the larger part of the window.
  await page.mouse.move(SIZE.width / 2, SIZE.height / 2);
  await page.mouse.down();
  await page.mouse.move(TEXT_WIDTH, SIZE.height / 2, { steps: 4 });
  await page.mouse.up();
  await page.mouse.move(0, SIZE.height - 1);
  await page.keyboard.press('Control+End');
  const recorder = new Recorder(page, preview);
  await recorder.shoot(LINE);
  await type(page, recorder);
  await preview.see(/2 keyframes/);
  await recorder.shoot(2 * LINE);
  await page.keyboard.press('Control+Enter');
  await watchRender(preview, recorder);
  for (let i = 0; i < LOOPS * 16; i++) await recorder.shootFrame();
  await session.closeAll();
  return recorder.shots;
}

const shots = await record();
const pictures = sharp(
  shots.map(({ png }) => png),
  { join: { animated: true } },
);
const timing = { delay: shots.map(({ delay }) => delay), loop: 0 };
const gif = { ...timing, colours: 128, dither: 0, effort: 10, interFrameMaxError: 6 };
const webp = { ...timing, quality: 80, effort: 4, mixed: true, smartSubsample: true };
const seconds = shots.reduce((sum, { delay }) => sum + delay, 0) / 1000;
console.log(`${shots.length} pictures, ${seconds.toFixed(1)} s`);
for (const [path, encoded] of [
  [GIF, pictures.clone().gif(gif)],
  [WEBP, pictures.clone().webp(webp)],
] as const) {
  const { size } = await encoded.toFile(path);
  console.log(`${path}: ${(size / 1e6).toFixed(2)} MB`);
}
