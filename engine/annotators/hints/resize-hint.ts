import { resize } from '../opencv/resize.ts';
import type { Picture } from '../picture.ts';
import { borderColor } from './border-color.ts';
import { fit } from './fit.ts';
import { joinMask, splitMask } from './mask.ts';
import { interpolationFor, resizeColors } from './resize-colors.ts';
import type { ResizeMode } from './resize-mode.ts';

/**
 * Brings a hint to the size of the frame, as sd-webui-controlnet's `detectmap_proc`: hints with few colors keep them, and
 * thin lines stay thin.
 *
 * @param hint RGB or gray
 */
export function resizeHint(hint: Picture, width: number, height: number, mode: ResizeMode): Picture {
  return fit(hint, width, height, mode, { resize: resizeColors, border: borderColor });
}

/**
 * The same for in-painting, in float32: colors are not clamped, and the mask, which is resized like the colors, is 0 or
 * 255 afterwards.
 *
 * @param hint RGB and mask; white is painted anew
 */
export function resizeInpaintHint(
  hint: Picture,
  width: number,
  height: number,
  mode: ResizeMode,
): Picture<Float32Array> {
  const exact: Picture<Float32Array> = { ...hint, data: Float32Array.from(hint.data) };
  return fit(exact, width, height, mode, {
    resize: (image, newWidth, newHeight) => {
      const { colors, mask } = splitMask(image);
      const interpolation = interpolationFor(colors, newWidth, newHeight);
      const resized = resize(mask, newWidth, newHeight, interpolation);
      const binary = { ...resized, data: resized.data.map((value) => (value > 127 ? 255 : 0)) };
      return joinMask(resizeColors(colors, newWidth, newHeight), binary);
    },
    border: (image) => [...borderColor(image).slice(0, 3), 255],
  });
}
