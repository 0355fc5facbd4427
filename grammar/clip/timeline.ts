import type { Settings } from '../settings/schema.ts';
import type { Keyframe, TravelDocument } from '../syntax/document.ts';
import { type Easing, parseEasing } from '../time/easing.ts';
import type { MixKeyframe } from '../time/mixing.ts';
import { frameOf, parsePosition } from '../time/position.ts';

/** A keyframe with its place in the clip. */
export interface TimedKeyframe {
  readonly keyframe: Keyframe;
  /** 0-based; may lie outside the clip. null where the position cannot be read. */
  readonly frame: number | null;
  /** Last frame of the hold; null where there is none, or it cannot be read. */
  readonly holdEnd: number | null;
}

/** The keyframes in the order of the file. */
export function timeKeyframes(document: TravelDocument, { frames, fps }: Settings): TimedKeyframe[] {
  const frame = (text: string) => {
    const position = parsePosition(text);
    return position && frameOf(position, { frames, fps });
  };
  return document.keyframes.map((keyframe) => ({
    keyframe,
    frame: frame(keyframe.position.text),
    holdEnd: keyframe.hold && frame(keyframe.hold.text),
  }));
}

/** A keyframe that counts, and what mixing needs of it. */
export interface PlacedKeyframe extends MixKeyframe {
  readonly keyframe: Keyframe;
}

/**
 * The keyframes that count, by frame: those in the clip; of several at one frame the last in the file, as in
 * sd-webui-animatediff.
 */
export function placeKeyframes(timed: readonly TimedKeyframe[], settings: Settings): PlacedKeyframe[] {
  const byFrame = new Map<number, PlacedKeyframe>();
  for (const { keyframe, frame, holdEnd } of timed) {
    if (frame === null || frame < 0 || frame >= settings.frames) continue;
    const transition = easingOf(keyframe.transition?.text ?? settings.transition);
    byFrame.set(frame, { keyframe, frame, holdEnd: Math.max(frame, holdEnd ?? frame), transition });
  }
  return [...byFrame.values()].sort((a, b) => a.frame - b.frame);
}

function easingOf(text: string): Easing {
  const parsed = parseEasing(text);
  return parsed.ok ? parsed.easing : { kind: 'linear' };
}
