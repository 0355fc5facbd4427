import { type Easing, easingOf } from '../plan/easing.ts';
import { type FrameMix, frameMixer, type MixKeyframe } from '../plan/mixing.ts';
import type { Timeline } from './timeline.ts';

/** What decides how frames mix keyframes. */
export type MixSource = Pick<Timeline, 'mix' | 'keys' | 'frames'>;

/**
 * What a frame of a timeline mixes, as its plan does: `from` and `to` are indices of `keys`. null if the clip has no
 * such frame, or mixes no keyframes.
 */
export function mixAt(timeline: MixSource, frame: number): FrameMix | null {
  if (timeline.mix === null || frame < 0 || frame >= timeline.frames) return null;
  let mixer = MIXERS.get(timeline);
  if (!mixer) {
    mixer = mixerOf(timeline, timeline.mix);
    MIXERS.set(timeline, mixer);
  }
  return mixer(frame);
}

/** Timelines never change, and are asked for hundreds of frames when they are drawn. */
const MIXERS = new WeakMap<MixSource, (frame: number) => FrameMix>();

function mixerOf({ keys, frames }: MixSource, { closed, plain }: NonNullable<Timeline['mix']>) {
  if (plain === null) {
    const easings = new Map<string, Easing>();
    for (const { transition } of keys) {
      if (!easings.has(transition)) easings.set(transition, easingOf(transition));
    }
    const keyframes = keys.map(
      ({ frame, holdEnd, transition }): MixKeyframe => ({ frame, holdEnd, transition: easings.get(transition)! }),
    );
    return frameMixer(keyframes, frames, closed);
  }
  const keyframes = plain.map((index): MixKeyframe => {
    const { frame } = keys[index]!;
    return { frame, holdEnd: frame, transition: { kind: 'linear' } };
  });
  const mixOf = frameMixer(keyframes, frames, closed);
  return (frame: number): FrameMix => {
    const { from, to, t } = mixOf(frame);
    return { from: plain[from]!, to: plain[to]!, t };
  };
}
