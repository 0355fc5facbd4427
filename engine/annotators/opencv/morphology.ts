import { type Picture, type Samples, zerosLike } from '../picture.ts';

/** `cv2.erode` with a 3 × 3 square: the smallest value around each one. What is outside the picture is ignored. */
export function erode<Data extends Samples>(picture: Picture<Data>): Picture<Data> {
  return extremes(picture, Math.min);
}

/** `cv2.dilate` with a 3 × 3 square: the largest value around each one. What is outside the picture is ignored. */
export function dilate<Data extends Samples>(picture: Picture<Data>): Picture<Data> {
  return extremes(picture, Math.max);
}

function extremes<Data extends Samples>(picture: Picture<Data>, of: (a: number, b: number) => number): Picture<Data> {
  const { width, height, channels, data } = picture;
  const rowLength = width * channels;
  const along = (values: Data, step: number, lineLength: number) => {
    const result = zerosLike(values, values.length);
    for (let i = 0; i < values.length; i++) {
      const position = i % lineLength;
      const before = position >= step ? values[i - step]! : values[i]!;
      const after = position + step < lineLength ? values[i + step]! : values[i]!;
      result[i] = of(values[i]!, of(before, after));
    }
    return result;
  };
  return { ...picture, data: along(along(data, channels, rowLength), rowLength, rowLength * height) };
}
