/** One file or folder of a cache. */
export interface CacheEntry {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Of the last use, in milliseconds since 1970. */
  readonly usedMs: number;
}

export interface CacheLimits {
  /** Milliseconds. */
  readonly age: number;
  readonly bytes: number;
}

/** The entries to remove: those that are too old, then the oldest ones until the rest fits. */
export function toEvict(entries: readonly CacheEntry[], limits: CacheLimits, now = Date.now()): CacheEntry[] {
  let bytes = 0;
  return entries
    .toSorted((a, b) => b.usedMs - a.usedMs)
    .filter(({ size, usedMs }) => {
      bytes += size;
      return bytes > limits.bytes || now - usedMs > limits.age;
    });
}
