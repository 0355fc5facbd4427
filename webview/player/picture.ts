import type { Decoded } from './frame-decoder.ts';
import type { Size } from './zoom.ts';

/** Something to draw. */
export interface Picture extends Size {
  readonly image: CanvasImageSource;
  /** Few pixels that stand for many: always smoothed. */
  readonly coarse: boolean;
}

export function pictureOf(image: Decoded): Picture {
  const { width, height } = image;
  return { image, width, height, coarse: false };
}

/** The part of a picture that fills a space of another shape, its middle. */
export function coveringPart(picture: Size, space: Size): { x: number; y: number; width: number; height: number } {
  const factor = Math.max(space.width / picture.width, space.height / picture.height);
  const width = space.width / factor;
  const height = space.height / factor;
  return { x: (picture.width - width) / 2, y: (picture.height - height) / 2, width, height };
}
