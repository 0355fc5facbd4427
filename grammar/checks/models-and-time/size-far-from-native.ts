import { pictureSize } from '../../clip/models.ts';
import type { Check } from '../check.ts';

export const size: Check = {
  code: 'travel/size-far-from-native',
  run({ settings, spans, nativeSize }) {
    const [nativeWidth, nativeHeight] = nativeSize;
    const [width, height] = pictureSize(settings, nativeSize);
    const ratio = (width * height) / (nativeWidth * nativeHeight);
    if (ratio >= 0.4 && ratio <= 2.5) return [];
    const effect = ratio > 1 ? 'figures tend to appear twice' : 'pictures tend to be coarse';
    return [
      {
        code: this.code,
        severity: 'information',
        message: `${width}×${height} is far from the ${nativeWidth}×${nativeHeight} that the checkpoint was trained at; ${effect}.`,
        span: (spans.get('width') ?? spans.get('height'))?.value ?? { start: 0, end: 0 },
      },
    ];
  },
};
