/** Below this, a class of pixels is taken as empty: C's FLT_EPSILON. */
const EMPTY = 2 ** -23;

/**
 * Otsu's threshold of 8-bit values (`cv2.THRESH_OTSU`): the first value at which the variance between those up to it and
 * those above it is largest; 0 if all are equal.
 */
export function otsuThreshold(values: Uint8Array): number {
  const counts = new Float64Array(256);
  for (const value of values) counts[value]!++;
  const scale = 1 / values.length;
  let mean = 0;
  for (let value = 0; value < 256; value++) mean += value * counts[value]!;
  mean *= scale;

  let [share, lowMean] = [0, 0];
  let [largest, threshold] = [0, 0];
  for (let value = 0; value < 256; value++) {
    const part = counts[value]! * scale;
    lowMean *= share;
    share += part;
    const rest = 1 - share;
    if (Math.min(share, rest) < EMPTY || Math.max(share, rest) > 1 - EMPTY) continue;
    lowMean = (lowMean + value * part) / share;
    const highMean = (mean - share * lowMean) / rest;
    const variance = share * rest * (lowMean - highMean) ** 2;
    if (variance > largest) [largest, threshold] = [variance, value];
  }
  return threshold;
}
