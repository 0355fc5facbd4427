import type { ReadClip } from './format.ts';
import { shownKeys } from './json.ts';
import { note } from './notes.ts';

/** The frame at which a keyframe starts; null if its position depends on the length. @param at of a keyframe */
export function startFrame(at: string): number | null {
  const start = /^(\d+)(?:-\d+)?$/.exec(at)?.[1];
  return start === undefined ? null : Number(start);
}

/** A clip without the keyframes after its end, and with a note that has them. */
export function withoutKeysPastEnd(read: ReadClip): ReadClip {
  const { keyframes, settings } = read.clip;
  const { frames } = settings;
  if (typeof frames !== 'number') return read;
  const outside = keyframes.filter(({ at }) => (startFrame(at) ?? 0) >= frames);
  if (outside.length === 0) return read;
  const keys = shownKeys(outside.map(({ at, prompt }) => `${at}: ${prompt}`));
  const message = `Keyframes past the end of the clip, which has ${frames} frames, are never reached. They were: ${keys}`;
  return {
    ...read,
    clip: { ...read.clip, keyframes: keyframes.filter((key) => !outside.includes(key)) },
    notes: [...read.notes, note('keyframe-past-end', message)],
  };
}
