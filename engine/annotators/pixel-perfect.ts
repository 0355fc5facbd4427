import { largest, smallest } from '../../plan/extremes.ts';
import { roundHalfEven } from '../../plan/round-half-even.ts';
import type { ResizeMode } from './hints/resize-mode.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * The resolution at which a hint needs no further resize (`pixel_perfect_resolution`): the shorter side of the picture
 * after the resize to the frame, at least 1 pixel. It may be below the slider's minimum.
 *
 * @param frame multiples of 8; without the second pass of a high-resolution fix
 */
export function pixelPerfectResolution(picture: Size, frame: Size, mode: ResizeMode): number {
  const scales = [frame.height / picture.height, frame.width / picture.width];
  const scale = mode === 'fill' ? smallest(scales) : largest(scales);
  return Math.max(1, roundHalfEven(scale * Math.min(picture.width, picture.height)));
}
