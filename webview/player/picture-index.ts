import type { ClipLength } from './clock.ts';

/** A clip as it was written: interpolation and `reverse` give it more frames than its text has. */
export interface RenderedLength {
  readonly frames: number;
  readonly fps: number;
}

/** How long the player plays: the text's frames, or the clip's if it lasts longer. In frames of the text. */
export function playedLength(text: ClipLength | null, clip: RenderedLength | null): ClipLength {
  if (text === null) return clip ?? { frames: 1, fps: 8 };
  if (clip === null) return text;
  return { fps: text.fps, frames: Math.max(text.frames, Math.round((clip.frames * text.fps) / clip.fps)) };
}

/**
 * The picture of a clip at a position of the player; -1 after its end. Interpolated clips have several pictures for a
 * frame.
 */
export function pictureIndex(position: number, fps: number, clip: RenderedLength): number {
  // Formats round the duration of a frame to milliseconds, or to hundredths in GIF.
  const same = Math.abs(clip.fps / fps - 1) < 0.05;
  const index = same ? Math.floor(position) : Math.floor((position / fps) * clip.fps + 1e-6);
  return index < clip.frames ? index : -1;
}
