import type { ReadClip } from './format.ts';
import { note } from './notes.ts';

/** Pixels of a side that one latent has. */
const BLOCK = 8;

/** A clip whose sides are multiples of 8: the tools leave out the rest of other sides, and make it smaller. */
export function inWholeBlocks(read: ReadClip): ReadClip {
  const rest = (['width', 'height'] as const).flatMap((key) => {
    const side = read.clip.settings[key];
    return typeof side === 'number' && side >= BLOCK && side % BLOCK !== 0 ? [[key, side] as const] : [];
  });
  if (rest.length === 0) return read;
  const whole = Object.fromEntries(rest.map(([key, side]) => [key, Math.floor(side / BLOCK) * BLOCK]));
  const message = `Sides are multiples of ${BLOCK} pixels, so ${rest.map(([key, side]) => `${key}: ${side} is ${whole[key]}`).join(' and ')}, as there.`;
  return {
    clip: { ...read.clip, settings: { ...read.clip.settings, ...whole } },
    notes: [...read.notes, note('other-fields', message)],
  };
}
