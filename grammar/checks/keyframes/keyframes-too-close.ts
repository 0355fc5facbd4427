import type { Check } from '../check.ts';

export const keyframesTooClose: Check = {
  code: 'travel/keyframes-too-close',
  run({ timed, settings: { context } }) {
    const sorted = timed
      .flatMap(({ keyframe, frame }) => (frame === null ? [] : [{ keyframe, frame }]))
      .sort((a, b) => a.frame - b.frame);
    return sorted.flatMap(({ keyframe, frame }, i) => {
      const gap = i === 0 ? Number.POSITIVE_INFINITY : frame - sorted[i - 1]!.frame;
      if (gap <= 0 || gap * 2 >= context) return [];
      return [
        {
          code: this.code,
          severity: 'information',
          message: `This keyframe is only ${gap} ${gap === 1 ? 'frame' : 'frames'} after the previous one. The motion module processes ${context} frames together and blends prompts that are closer than half of that, so both may show at once. Space them ${Math.ceil(context / 2)} frames apart for a clear change.`,
          span: keyframe.position.span,
        },
      ];
    });
  },
};
