import { shownKeys } from './json.ts';
import { type Note, note } from './notes.ts';

interface PlacedKey {
  readonly frame: number;
  readonly prompt: string;
}

/** `travel`: prompts change from key to key. `cut`: each one stays until the next. */
export type Between = 'travel' | 'cut';

/**
 * The keyframes that are in a clip. Keys outside it never count from its end: a formula, such as `max_f-50`, may be
 * before its start. If there are no others, one of them makes all frames.
 *
 * Sources: FizzNodes `BatchFuncs.py`, `interpolate_prompt_series`, whose frames are mixed from the key before and the one
 * after; sd-webui-deforum `render.py`, whose series of prompts is filled from those in the clip, then from the others.
 *
 * @param keys in the order of the file
 * @param notes get those that are left out
 * @returns in the order of the frames
 */
export function keysInside<K extends PlacedKey>(
  keys: readonly K[],
  frames: number,
  between: Between,
  notes: Note[],
): K[] {
  const sorted = keys.toSorted((a, b) => a.frame - b.frame);
  const inside = sorted.filter(({ frame }) => frame >= 0 && frame < frames);
  const before = sorted.filter(({ frame }) => frame < 0);
  const after = sorted.filter(({ frame }) => frame >= frames);
  const only = inside.length > 0 ? undefined : between === 'cut' ? keys[0] : (before.at(-1) ?? after[0]);
  const changes = between === 'travel';
  const isLate = inside[0] !== undefined && inside[0].frame > 0;
  add(before, only, 'before the start', changes && isLate ? FROM : '', frames, notes);
  add(after, only, 'past the end', changes && only !== after[0] ? TOWARD : '', frames, notes);
  return only ? [{ ...only, frame: 0 }] : inside;
}

const FROM = ' There, frames before the first one still change from them.';
const TOWARD = ' There, frames after the last one still change toward them.';

function add(
  keys: readonly PlacedKey[],
  used: PlacedKey | undefined,
  where: string,
  effect: string,
  frames: number,
  notes: Note[],
): void {
  const left = keys.filter((key) => key !== used);
  if (left.length === 0) return;
  const were = shownKeys(left.map(({ frame, prompt }) => `${frame}: ${prompt}`));
  const message = `Keyframes ${where} of the clip, which has ${frames} frames, are left out.${effect} They were: ${were}`;
  notes.push(note('keyframe-past-end', message));
}
