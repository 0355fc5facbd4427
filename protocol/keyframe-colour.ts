/** Degrees between the hues of neighbours: the golden angle never comes back to a hue it has been near. */
const GOLDEN_ANGLE = 137.508;

/**
 * The colour of a keyframe, the same in the gutter, the outline and the preview's timeline. Neighbours differ clearly,
 * and all are as light as text has to be on a dark and on a light ground.
 *
 * @param index 0-based, in the order of the clip
 * @returns CSS `hsl()`
 */
export function keyframeColour(index: number): string {
  return `hsl(${Math.round((index * GOLDEN_ANGLE) % 360)} 65% 55%)`;
}
