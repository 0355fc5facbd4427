import type { Page } from 'playwright-core';
import { PreviewFrame } from './preview-frame.ts';

/** For one wait in the window; shorter than a test's time limit, so that the failure names what was not seen. */
export const WAIT_MS = 4 * 60_000;

/** What a person does in a window of VS Code, seen from outside, so that it also works while the window reloads. */
export class Person {
  readonly page: Page;
  readonly preview: PreviewFrame;

  constructor(page: Page) {
    this.page = page;
    this.preview = new PreviewFrame(page);
    page.setDefaultTimeout(WAIT_MS);
  }

  /** Waits until a `.travel` file is open, and its extension runs. */
  async seeTravelFile(): Promise<void> {
    await this.page.locator('#status\\.languageStatus').waitFor();
    await this.page.locator('.monaco-editor.focused').first().waitFor();
  }

  async reloadWindow(): Promise<void> {
    await Promise.all([this.page.waitForEvent('load'), this.runCommand('Developer: Reload Window')]);
  }

  /**
   * The palette lists what is possible when it opens, so it is opened again until it has the command.
   *
   * @param title with its category
   */
  async runCommand(title: string): Promise<void> {
    for (const start = Date.now(); ; ) {
      await this.page.keyboard.press('F1');
      try {
        await this.page.locator('.quick-input-widget input.input').fill(`>${title}`, { timeout: 2000 });
        // Not waiting for what a click leads to, so that a command that was run is never run again.
        return await this.#item(title).click({ timeout: 2000, noWaitAfter: true });
      } catch (error) {
        if (Date.now() - start > WAIT_MS) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** Chooses an item of the list at the top of the window, by its whole label. */
  async choose(label: string): Promise<void> {
    await this.#item(label).click();
  }

  /** Waits for an item of the list at the top of the window. @returns all that it says */
  async seeItem(label: string): Promise<string> {
    return (await this.#item(label).textContent()) ?? '';
  }

  /** Types an answer into VS Code's own input at the top of the window. */
  async answer(text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input.input');
    await input.fill(text);
    await input.press('Enter');
  }

  /** Waits for an element inside a webview, which is nested in two frames. */
  async seeInPage(selector: string): Promise<void> {
    const webview = this.page.frameLocator('iframe.webview.ready').first();
    await webview.frameLocator('#active-frame').locator(selector).first().waitFor();
  }

  #item(label: string) {
    const name = this.page.locator('.label-name', { hasText: new RegExp(`^\\W*${label}$`) });
    return this.page.locator('.quick-input-list .monaco-list-row').filter({ has: name }).first();
  }

  /** Waits until the status bar shows a step of a render, of all, that is at least `step`. */
  async seeStep(name: string, step: number): Promise<number> {
    const found = await this.page.waitForFunction(
      `[...document.querySelectorAll('.statusbar-item')]
        .map(({ textContent }) => Number(/${name} (\\d+)\\/\\d+/.exec(textContent)?.[1]))
        .find((step) => step >= ${step})`,
    );
    return Number(await found.jsonValue());
  }

  /** Waits until the status bar no longer shows a text. */
  async seeNoStatus(text: string): Promise<void> {
    await this.page.locator('.statusbar-item', { hasText: text }).first().waitFor({ state: 'detached' });
  }

  /**
   * Waits for a message in the list of notifications. The list closes when it is empty, so it is opened again and again.
   */
  async seeMessage(text: RegExp): Promise<void> {
    for (const start = Date.now(); (await this.countMessages(text)) === 0; ) {
      if (Date.now() - start > WAIT_MS) throw new Error(`No message was seen that matches ${text}.`);
    }
  }

  /** How many messages with this text are in the list of notifications now. */
  async countMessages(text: RegExp): Promise<number> {
    await this.runCommand('Notifications: Show Notifications');
    return this.page.locator('.notifications-center .notification-list-item', { hasText: text }).count();
  }
}
