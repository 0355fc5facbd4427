import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const CHROMIUM_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Path of Chromium on this machine, if it is installed. */
export function chromiumPath(): string | undefined {
  return [process.env.TRAVEL_CHROMIUM ?? '', ...CHROMIUM_PATHS].find(existsSync);
}

/** @throws Error if Chromium is not installed */
export async function openBrowser(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (!executablePath) {
    throw new Error(
      `Chromium, in which VS Code is tested, was not found at ${CHROMIUM_PATHS.join(', ')}. ` +
        'Install it (Debian: apt-get install chromium) or set TRAVEL_CHROMIUM to its path.',
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
