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
      const last = next.frame - 1;
      return [
        {
          code: this.code,
          severity: 'warning',
          message: `The hold overlaps the next keyframe. It extends to frame ${holdEnd}, but the keyframe at frame ${next.frame} ends it. Hold until frame ${last} or earlier.`,
          span: hold.span,
          related: [{ span: next.keyframe.position.span, message: 'The next keyframe is here.' }],
          fixes: [replace(`Hold until frame ${last}`, hold.span, `${last}`)],
        },
      ];
    });
  },
};
