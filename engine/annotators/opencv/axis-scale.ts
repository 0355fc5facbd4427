/** Source pixels per target pixel, as OpenCV computes it: in double, and not n ÷ m, which may differ in its last bit. */
export function axisScale(sourceLength: number, targetLength: number): number {
  return 1 / (targetLength / sourceLength);
}
