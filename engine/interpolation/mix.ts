/**
 * New frames that fade from one to the other.
 *
 * @param first, last 8-bit RGB
 */
export function blended(first: Uint8Array, last: Uint8Array, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => {
    const t = (i + 1) / (count + 1);
    return first.map((value, at) => Math.round(value + (last[at]! - value) * t));
  });
}

/** New frames across a scene cut: each is the nearer of the two, the one in the middle the first. */
export function repeated(first: Uint8Array, last: Uint8Array, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => (2 * (i + 1) <= count + 1 ? first : last));
}
