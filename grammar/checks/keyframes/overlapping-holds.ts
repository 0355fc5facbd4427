import { type Check, replace } from '../check.ts';

export const overlappingHolds: Check = {
  code: 'travel/overlapping-holds',
  dialect: 'travel',
  run({ timed }) {
    const sorted = timed
      .flatMap(({ keyframe, frame, holdEnd }) => (frame === null ? [] : [{ keyframe, frame, holdEnd }]))
      .sort((a, b) => a.frame - b.frame);
    return sorted.flatMap(({ keyframe: { hold }, frame, holdEnd }, i) => {
      const next = sorted[i + 1];
      if (!hold || holdEnd === null || !next || next.frame === frame || holdEnd < next.frame) return [];
      return [
        {
          code: this.code,
          severity: 'warning',
          message: `The hold through frame ${holdEnd} reaches into the next keyframe at ${next.frame}, where it ends. Hold through ${next.frame - 1} or less.`,
          span: hold.span,
          related: [{ span: next.keyframe.position.span, message: 'The keyframe that it reaches.' }],
          fixes: [replace(`Hold through ${next.frame - 1}`, hold.span, `${next.frame - 1}`)],
        },
      ];
    });
  },
};
