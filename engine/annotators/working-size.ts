import { roundHalfEven } from '../../plan/round-half-even.ts';
import { resize } from './opencv/resize.ts';
import { blackLike, crop, type Picture } from './picture.ts';

/** Networks need multiples of this, and sd-webui-controlnet pads for all annotators. */
const MULTIPLE = 64;

/** Resizes a picture so that its shorter side is `resolution`: up by cubic interpolation, down by the mean of areas. */
export function toResolution(picture: Picture, resolution: number): Picture {
  const scale = resolution / Math.min(picture.width, picture.height);
  const side = (length: number) => roundHalfEven(length * scale);
  return resize(picture, side(picture.width), side(picture.height), scale > 1 ? 'cubic' : 'area');
}

/**
 * Annotates a picture at a resolution, as sd-webui-controlnet does (`resize_image_with_pad`): padded at the right and at
 * the bottom to multiples of 64 by repeating its edge, of which the result is cut again. What a blur or a median sees of
 * the padding changes the result.
 */
export function annotatePadded(picture: Picture, resolution: number, annotate: (padded: Picture) => Picture): Picture {
  const { padded, cut } = paddedToResolution(picture, resolution);
  return cut(annotate(padded));
}

/** What {@link annotatePadded} annotates, and how its result is cut. */
export function paddedToResolution(picture: Picture, resolution: number) {
  const resized = toResolution(picture, resolution);
  const { width, height } = resized;
  return { padded: padded(resized), cut: (result: Picture) => crop(result, { left: 0, top: 0, width, height }) };
}

function padded(source: Picture): Picture {
  const side = (length: number) => Math.ceil(length / MULTIPLE) * MULTIPLE;
  const [width, height] = [side(source.width), side(source.height)];
  if (width === source.width && height === source.height) return source;
  const target = blackLike(source, width, height);
  const { channels } = source;
  for (let y = 0; y < height; y++) {
    const row = Math.min(y, source.height - 1) * source.width * channels;
    const [from, to] = [row + source.width * channels, (y * width + source.width) * channels];
    target.data.set(source.data.subarray(row, from), y * width * channels);
    for (let i = 0; i < (width - source.width) * channels; i++) {
      target.data[to + i] = source.data[from - channels + (i % channels)]!;
    }
  }
  return target;
}
