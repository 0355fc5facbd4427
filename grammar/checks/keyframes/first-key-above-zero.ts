import { type Check, replace } from '../check.ts';

export const firstKeyAboveZero: Check = {
  code: 'travel/first-key-above-zero',
  run({ timed }) {
    const frames = timed.flatMap(({ keyframe, frame }) => (frame === null ? [] : [{ keyframe, frame }]));
    if (frames.length === 0) return [];
    const first = frames.reduce((a, b) => (b.frame < a.frame ? b : a));
    if (first.frame <= 0) return [];
    return [
      {
        code: this.code,
        severity: 'information',
        message: `The first keyframe is at frame ${first.frame}. Frames 0 to ${first.frame - 1} use its prompt too. Add a keyframe at 0 for a different start.`,
        span: first.keyframe.position.span,
        fixes: [replace('Move to frame 0', first.keyframe.position.span, '0')],
      },
    ];
  },
};
