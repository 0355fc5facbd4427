import type { TimedKeyframe } from '../../clip/timeline.ts';
import { frameOf } from '../../time/position.ts';
import { type Check, replace } from '../check.ts';

export const invalidPosition: Check = {
  code: 'travel/invalid-position',
  dialect: 'travel',
  run({ timed, settings: { frames, fps } }) {
    const wrongOnes = timed.flatMap((keyframe) => wrongPart(keyframe) ?? []);
    if (wrongOnes.length === 0) return [];
    const taken = new Set(timed.map(({ frame }) => frame));
    return wrongOnes.map(({ wrong, isPosition }) => {
      const number = Number.parseFloat(wrong.text);
      const isUsable = (at: number) => at >= 0 && at < frames && (!isPosition || !taken.has(at));
      const whole = Math.floor(number + 0.5);
      const seconds = `${wrong.text}s`;
      return {
        code: this.code,
        severity: 'error',
        message: `“${wrong.text}” is not a valid position. Write a frame (8), a frame counted from the end (-1), 50%, 1.5s or 250ms.`,
        span: wrong.span,
        fixes: [
          ...(isUsable(whole) ? [replace(`Change to frame ${whole}`, wrong.span, `${whole}`)] : []),
          ...(isUsable(frameOf({ kind: 'seconds', seconds: number }, { frames, fps }))
            ? [replace(`Change to ${seconds}`, wrong.span, seconds)]
            : []),
        ],
      };
    });
  },
};

/** The position or the end of a hold that cannot be read; null if both can. */
function wrongPart({ keyframe: { position, hold }, frame, holdEnd }: TimedKeyframe) {
  if (frame === null) return { wrong: position, isPosition: true };
  return hold && holdEnd === null ? { wrong: hold, isPosition: false } : null;
}
