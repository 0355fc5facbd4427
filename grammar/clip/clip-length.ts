import type { Settings } from '../settings/schema.ts';

/** Lengths of clips are multiples of this when they are chosen for the user. */
const STEP = 8;

/** A length of a clip, in frames, that has room for a keyframe at frame `last`. */
export const framesFor = (last: number) => Math.ceil((last + 1) / STEP) * STEP;

/** Frames of a whole clip: sd-webui-animatediff renders at least one full context. */
export function clipLength({ dialect, frames, context }: Pick<Settings, 'dialect' | 'frames' | 'context'>): number {
  return dialect === 'webui' ? Math.max(frames, context) : frames;
}
