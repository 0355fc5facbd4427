import { blackLike, type Picture, type Samples } from '../picture.ts';
import { axisScale } from './axis-scale.ts';

/** OpenCV's `INTER_NEAREST`: each pixel is that of the source whose index is rounded down. */
export function resizeNearest<Data extends Samples>(
  source: Picture<Data>,
  width: number,
  height: number,
): Picture<Data> {
  const target = blackLike(source, width, height);
  const { channels } = source;
  const columns = nearestSources(source.width, width);
  const rows = nearestSources(source.height, height);
  let to = 0;
  for (const row of rows) {
    for (const column of columns) {
      const from = (row * source.width + column) * channels;
      for (let channel = 0; channel < channels; channel++) target.data[to++] = source.data[from + channel]!;
    }
  }
  return target;
}

function nearestSources(sourceLength: number, targetLength: number): Int32Array {
  const scale = axisScale(sourceLength, targetLength);
  return Int32Array.from({ length: targetLength }, (_, d) => Math.min(Math.floor(d * scale), sourceLength - 1));
}
