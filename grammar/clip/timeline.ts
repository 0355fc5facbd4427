import { easingOf } from '../../plan/easing.ts';
import type { MixKeyframe } from '../../plan/mixing.ts';
import type { Settings } from '../settings/schema.ts';
import type { Keyframe, TravelDocument } from '../syntax/document.ts';
import { frameOf, parsePosition } from '../time/position.ts';

/** A keyframe with its frame in the clip. */
export interface TimedKeyframe {
  readonly keyframe: Keyframe;
  /** 0-based; can be outside the clip. null if the position is invalid. */
  readonly frame: number | null;
  /** Last frame of the hold; null without a hold or if its position is invalid. */
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

/** A keyframe that is used, with the data for mixing. */
export interface PlacedKeyframe extends MixKeyframe {
  readonly keyframe: Keyframe;
  /** Among the keyframes that were placed: those of a file, in its order. */
  readonly index: number;
}

/**
 * The keyframes inside the clip, sorted by frame. Of several at one frame, the last in the file is used, as in
 * sd-webui-animatediff.
 */
export function placeKeyframes(timed: readonly TimedKeyframe[], settings: Settings): PlacedKeyframe[] {
  const byFrame = new Map<number, PlacedKeyframe>();
  const usual = easingOf(settings.transition);
  for (const [index, { keyframe, frame, holdEnd }] of timed.entries()) {
    if (frame === null || frame < 0 || frame >= settings.frames) continue;
    const transition = keyframe.transition === null ? usual : easingOf(keyframe.transition.text);
    byFrame.set(frame, { keyframe, index, frame, holdEnd: Math.max(frame, holdEnd ?? frame), transition });
  }
  return [...byFrame.values()].sort((a, b) => a.frame - b.frame);
}
