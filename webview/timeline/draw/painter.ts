import type { Palette } from '../../palette.ts';
import type { Picture } from '../../player/picture.ts';
import type { FrameLook } from '../cells.ts';
import type { TimelineScene } from '../scene.ts';

/** What the lanes are drawn with. */
export interface LanePainter {
  readonly context: CanvasRenderingContext2D;
  readonly palette: Palette;
  readonly scene: TimelineScene;
  readonly thumbnail: (frame: number) => Picture | null;
  /** The source frame; null: none, or not there yet. */
  readonly source: (frame: number) => Picture | null;
  readonly look: (frame: number) => FrameLook;
  /** Index of the keyframe under the pointer or the playhead; null: none. */
  readonly active: number | null;
  /** The loop range; null: the whole clip. */
  readonly range: { readonly first: number; readonly last: number } | null;
  /** The text has errors: what is older than them is dimmed. */
  readonly stale: boolean;
  /** Ticks off the frames that are decoded. */
  readonly running: boolean;
}

export const font = (palette: Palette, size: number, weight = 'normal') => `${weight} ${size}px ${palette.font}`;
