import { imageSize } from '../../clip/models.ts';
import { type Check, settingSpan } from '../check.ts';

export const sizeFarFromNative: Check = {
  code: 'travel/size-far-from-native',
  run(clip) {
    if (!clip.models.knowsNativeSize) return [];
    const [nativeWidth, nativeHeight] = clip.models.nativeSize;
    const [width, height] = imageSize(clip.settings, clip.models.nativeSize);
    const ratio = (width * height) / (nativeWidth * nativeHeight);
    if (ratio >= 0.4 && ratio <= 2.5) return [];
    const effect = ratio > 1 ? 'Subjects tend to appear twice' : 'Images tend to be coarse';
    return [
      {
        code: this.code,
        severity: 'information',
        message: `${width}×${height} is far from the checkpoint's training size, ${nativeWidth}×${nativeHeight}. ${effect}. Choose a size closer to it.`,
        span: settingSpan(clip, 'width', 'height'),
      },
    ];
  },
};
