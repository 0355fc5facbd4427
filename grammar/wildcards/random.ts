/**
 * Random numbers in [0, 1) from a seed: mulberry32 (Tommy Ettinger, public domain), 32 bits of state. What was rolled
 * is part of a render's record, so this sequence never changes.
 * @param seed an integer; only its lowest 32 bits count
 */
export function seededRandom(seed: number): () => number {
  let state = (seed % 2 ** 32) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A 32-bit hash of text: FNV-1a over its UTF-16 code units
 * (draft-eastlake-fnv, https://datatracker.ietf.org/doc/draft-eastlake-fnv). Never changes, for the same reason.
 */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
