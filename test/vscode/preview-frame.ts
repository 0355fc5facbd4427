import type { FrameLocator, Locator, Page } from 'playwright-core';

/** How many frames with different pictures count as a clip that plays. */
const PLAYING = 4;
/** How long a clip may take to play. */
const PLAY_MS = 60_000;
/** How long a page may take until a keyframe can be grabbed. */
const GRAB_MS = 60_000;

/** The page of the preview in a window of VS Code, and what a person does in it with the mouse. */
export class PreviewFrame {
  readonly #page: Page;
  readonly #frame: FrameLocator;

  constructor(page: Page) {
    this.#page = page;
    // The pages of a walkthrough are webviews, too, but not of the extension.
    this.#frame = page
      .frameLocator('iframe.webview.ready[src*="extensionId=prompt-travel.prompt-travel"]')
      .frameLocator('#active-frame');
  }

  locator(selector: string, options?: { readonly hasText: RegExp }): Locator {
    return this.#frame.locator(selector, options);
  }

  button(name: string | RegExp): Locator {
    return this.#frame.getByRole('button', { name });
  }

  async see(text: RegExp): Promise<void> {
    await this.#frame.getByText(text).first().waitFor();
  }

  /** Waits until a frame is shown. */
  async seeFrame(frame: number): Promise<void> {
    await this.locator('.time-frame b', { hasText: new RegExp(`^${frame}$`) }).waitFor();
  }

  /** Clicks a frame in the row of frames. */
  async clickFrame(frame: number): Promise<void> {
    const { x, y } = await this.#placeOf('frames', frame);
    await this.#page.mouse.click(x, y);
  }

  /** Drags the keyframe at a frame to another one. */
  async dragKeyframe(from: number, to: number): Promise<void> {
    const { mouse } = this.#page;
    await this.#pointAtKeyframe(from);
    const end = await this.#placeOf('keys', to);
    await mouse.down();
    await mouse.move(end.x, end.y, { steps: 8 });
    await mouse.up();
  }

  /** Waits until the stage shows one frame after another by itself, each with a picture of its own. */
  async seePlaying(): Promise<void> {
    await this.button(/^Pause$/).waitFor();
    // Its label has the number of the frame.
    await this.locator('.stage:not(.with-card) canvas').evaluate(`new Promise((resolve, reject) => {
      const canvas = document.querySelector('.stage:not(.with-card) canvas');
      const frames = new Map();
      const start = performance.now();
      const look = () => {
        frames.set(canvas.getAttribute('aria-label'), canvas.toDataURL());
        if (new Set(frames.values()).size >= ${PLAYING}) resolve();
        else if (performance.now() - start > ${PLAY_MS}) reject(new Error('Nothing plays.'));
        else requestAnimationFrame(look);
      };
      look();
    })`);
  }

  /** Moves the mouse to a keyframe until it can be grabbed: a page that has just come up moves under the mouse. */
  async #pointAtKeyframe(frame: number): Promise<void> {
    const { mouse } = this.#page;
    const start = performance.now();
    for (;;) {
      const { x, y } = await this.#placeOf('keys', frame);
      // A mouse that does not move is not noticed.
      await mouse.move(x - 1, y);
      await mouse.move(x, y);
      if ((await this.locator('.pointer-layer[style*="cursor: grab;"]').count()) > 0) return;
      if (performance.now() - start > GRAB_MS) throw new Error(`No keyframe can be grabbed at frame ${frame}.`);
    }
  }

  /** The middle of a frame's cell in a lane, in pixels of the window. All of the timeline has to be visible. */
  async #placeOf(lane: 'frames' | 'keys', frame: number): Promise<{ x: number; y: number }> {
    // The cell of a lane is as wide as the lane.
    const cell = this.locator(`#cell-${lane}`);
    await cell.scrollIntoViewIfNeeded();
    const box = await cell.boundingBox();
    const frames = Number(await this.locator('[role=grid]').getAttribute('aria-colcount'));
    if (!box) throw new Error(`The lane "${lane}" is not visible.`);
    return { x: box.x + ((frame + 0.5) * box.width) / frames, y: box.y + box.height / 2 };
  }
}
