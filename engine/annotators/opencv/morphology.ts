import { type Picture, type Samples, zerosLike } from '../picture.ts';

/** `cv2.erode` with a 3 × 3 square: the smallest value around each one. What is outside the picture is ignored. */
export function erode<Data extends Samples>(picture: Picture<Data>): Picture<Data> {
  return extremes(picture, 'smallest');
}

/** `cv2.dilate` with a 3 × 3 square: the largest value around each one. What is outside the picture is ignored. */
export function dilate<Data extends Samples>(picture: Picture<Data>): Picture<Data> {
  return extremes(picture, 'largest');
}

type Extreme = 'smallest' | 'largest';

function extremes<Data extends Samples>(picture: Picture<Data>, extreme: Extreme): Picture<Data> {
  const { width, height, channels, data } = picture;
  const rowLength = width * channels;
  const alongRows = lineExtremes(data, channels, rowLength, extreme);
  return { ...picture, data: lineExtremes(alongRows, rowLength, rowLength * height, extreme) };
}

/** Of each value and its two neighbors in a line, which are `step` before and after it. */
function lineExtremes<Data extends Samples>(values: Data, step: number, lineLength: number, extreme: Extreme): Data {
  const result = zerosLike(values, values.length);
  for (let start = 0; start < values.length; start += lineLength) {
    for (let i = 0; i < lineLength; i++) {
      const at = start + i;
      const value = values[at]!;
      const before = i >= step ? values[at - step]! : value;
      const after = i + step < lineLength ? values[at + step]! : value;
      result[at] = extreme === 'largest' ? Math.max(value, before, after) : Math.min(value, before, after);
    }
  }
  return result;
}
