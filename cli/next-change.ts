import { stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { readText } from '../library/file-environment.ts';

/** Text files as they were read: absolute path → contents, null: missing or not text. */
export type ReadTexts = ReadonlyMap<string, string | null>;

/** Waits before the files are looked at again. It may end early when `signal` is aborted. */
type Pause = (signal: AbortSignal) => Promise<void>;

const quarterSecond: Pause = (signal) => setTimeout(250, undefined, { signal }).catch(() => undefined);

/**
 * Waits until one of the files differs from what was read, and is not being written any more. It looks at the files
 * from time to time, which works on network drives and in containers, with editors that replace files, and for files
 * that do not exist yet.
 *
 * @returns false if `signal` was aborted
 */
export async function nextChange(
  texts: ReadTexts,
  signal: AbortSignal,
  pause: Pause = quarterSecond,
): Promise<boolean> {
  const stamps = new Map<string, string>();
  while (!signal.aborted) {
    for (const [path, text] of texts) {
      const stamp = await stampOf(path);
      if (stamps.get(path) === stamp) continue;
      stamps.set(path, stamp);
      if ((await readText(path)) !== text) return isQuiet(path, stamp, signal, pause);
    }
    await pause(signal);
  }
  return false;
}

async function isQuiet(path: string, stamp: string, signal: AbortSignal, pause: Pause): Promise<boolean> {
  for (let last = ''; last !== stamp && !signal.aborted; ) {
    last = stamp;
    await pause(signal);
    stamp = await stampOf(path);
  }
  return !signal.aborted;
}

/** Another one after each write. */
async function stampOf(path: string): Promise<string> {
  const info = await stat(path).catch(() => null);
  return info ? `${info.mtimeMs} ${info.size} ${info.ino}` : '';
}
