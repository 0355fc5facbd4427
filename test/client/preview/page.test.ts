import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HostMessage } from '../../../protocol/preview.ts';
import { env, FakePanel, fake, l10n, Uri } from '../vscode.ts';

vi.mock('vscode', () => import('../vscode.ts'));
const { Page } = await import('../../../client/preview/page.ts');

const errors: string[] = [];
let logShown = 0;
const log = { error: (line: string) => errors.push(line), show: () => logShown++ } as never;
const STATE: HostMessage = { type: 'state', name: null, subject: 'text', locked: false, state: { kind: 'no-file' } };

function setUp() {
  const panel = new FakePanel('travel.preview', 'Preview');
  const page = new Page(panel as never, Uri.file('/extension') as never, log);
  const ready = vi.fn();
  const messages: unknown[] = [];
  page.onReady(ready);
  page.onMessage((message) => messages.push(message));
  return { panel, page, ready, messages };
}

beforeEach(() => {
  fake.reset();
  errors.length = 0;
  logShown = 0;
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  l10n.bundle = undefined;
  env.language = 'en';
});

describe('a page', () => {
  it('runs the own script only, and loads files of the extension only', () => {
    const { panel } = setUp();
    const { html, options } = panel.webview;
    const [, policy] = /Content-Security-Policy" content="([^"]+)"/.exec(html) ?? [];
    const [, nonce] =
      /<script nonce="([^"]+)" src="https:\/\/webview.test\/extension\/dist\/preview.js">/.exec(html) ?? [];
    expect(nonce).toMatch(/^[0-9a-f]{32}$/);
    expect(policy?.split('; ')).toEqual([
      "default-src 'none'",
      'img-src https://webview.test blob: data:',
      `script-src 'nonce-${nonce}'`,
      `style-src https://webview.test 'nonce-${nonce}'`,
      'font-src https://webview.test',
    ]);
    expect(html).not.toMatch(/<script(?![^>]* src=)|<style|\bon\w+=|style=/);
    expect(options.localResourceRoots?.map(String)).toEqual(['file:///extension/dist']);
    expect(setUp().panel.webview.html).not.toContain(nonce);
  });

  it('has its texts in the language of the window', () => {
    expect(setUp().panel.webview.html).toContain('<html lang="en">');
    env.language = 'ja';
    l10n.bundle = { 'A "b" & <c>': '「"」 & </head>' };
    const { html } = setUp().panel.webview;
    expect(html).toContain('<html lang="ja">');
    expect(html).toContain(
      '<meta name="l10n" content="{&quot;A \\&quot;b\\&quot; &amp; <c>&quot;:&quot;「\\&quot;」 &amp; </head>&quot;}">',
    );
    // Another language, without translations.
    l10n.bundle = undefined;
    env.language = 'de';
    expect(setUp().panel.webview.html).toContain('<html lang="en">');
  });

  it('gets messages only while it is visible and listens', () => {
    const { panel, page, ready } = setUp();
    page.post(STATE);
    expect(panel.posted).toEqual([]);
    panel.say({ type: 'ready' });
    expect(ready).toHaveBeenCalledTimes(1);
    page.post(STATE);
    panel.show(false);
    page.post(STATE);
    panel.show(true);
    page.post(STATE);
    expect(panel.posted).toEqual([STATE]);
    panel.say({ type: 'ready' });
    expect(ready).toHaveBeenCalledTimes(2);
    page.post(STATE);
    expect(panel.posted).toHaveLength(2);
  });

  it('is listened to if its messages are valid', () => {
    const { panel, messages } = setUp();
    panel.say({ type: 'reveal', line: 3 });
    panel.say({ type: 'reveal', line: -1 });
    panel.say({ type: 'eval', code: '1' });
    panel.say(null);
    expect(messages).toEqual([{ type: 'reveal', line: 3 }]);
    expect(errors).toHaveLength(3);
    panel.say({ type: 'error', message: 'It broke.' });
    expect(errors.at(-1)).toBe('Preview: It broke.');
  });

  it('that does not come up is one message; Reload loads it again', async () => {
    fake.answers.push('Reload');
    const { panel } = setUp();
    const { html } = panel.webview;
    await vi.advanceTimersByTimeAsync(9_999);
    expect(fake.messages).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(fake.messages).toEqual([{ kind: 'error', text: 'The preview did not load within 10 seconds.' }]);
    expect(panel.webview.html).not.toBe(html);
    panel.say({ type: 'ready' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fake.messages).toHaveLength(1);
  });

  it('that does not come up can show the log', async () => {
    fake.answers.push('Show Log');
    setUp();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(logShown).toBe(1);
  });

  it('is not waited for while it is hidden, or gone', async () => {
    const { panel, page } = setUp();
    panel.show(false);
    page.load();
    await vi.advanceTimersByTimeAsync(20_000);
    panel.show(true);
    panel.dispose();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(fake.messages).toEqual([]);
  });
});
