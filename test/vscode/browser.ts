import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where this machine has a Chromium, if it has one. */
export function chromiumPath(): string | undefined {
  return [process.env.TRAVEL_CHROMIUM ?? '', ...PLACES].find(existsSync);
}

/** @throws Error when there is no Chromium on this machine */
export async function openBrowser(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (!executablePath) {
    throw new Error(
      `VS Code is tested in Chromium, and none was found at ${PLACES.join(', ')}. ` +
        'Install it (Debian: apt-get install chromium), or give its path in TRAVEL_CHROMIUM.',
    );
  }
  return chromium.launch({
    executablePath,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
}
