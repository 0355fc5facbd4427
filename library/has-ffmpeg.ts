import { findFfmpeg } from '../engine/media/find-ffmpeg.ts';

/** A program that is installed in the meantime is found after this time. */
const VALID_MS = 30_000;

let known: { readonly set: string | null; readonly until: number; readonly found: Promise<boolean> } | null = null;

/**
 * Whether there is an ffmpeg on this computer. Looking for it may start a shell, so the answer is kept for a while.
 *
 * @param set the path that is set; null: none
 */
export function hasFfmpeg(set: string | null): Promise<boolean> {
  if (known?.set !== set || known.until < Date.now()) {
    known = { set, until: Date.now() + VALID_MS, found: findFfmpeg(set).then((path) => path !== undefined) };
  }
  return known.found;
}
