import type { Picture, Samples } from '../picture.ts';

/** From so many colors on, a hint is a continuous picture. */
export const MANY_COLORS = 200;

/** The number of distinct colors of a gray or RGB picture with integer values, at most {@link MANY_COLORS}. */
export function countColors({ channels, data }: Picture<Samples>): number {
  const colors = new Set<number>();
  let previous = -1;
  for (let at = 0; at < data.length && colors.size < MANY_COLORS; at += channels) {
    let color = 0;
    for (let channel = 0; channel < channels; channel++) color = color * 256 + data[at + channel]!;
    if (color !== previous) colors.add(color);
    previous = color;
  }
  return colors.size;
}
