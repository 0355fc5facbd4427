/** Values in memory, up to a number of bytes. Those that were used least recently make room for others. */
export class BoundedCache<Key, Value extends ArrayBufferView> {
  readonly #mostBytes: () => number;
  /** In the order of their last use. */
  readonly #values = new Map<Key, Value>();
  #bytes = 0;

  /** @param mostBytes asked for whenever a value is added */
  constructor(mostBytes: () => number) {
    this.#mostBytes = mostBytes;
  }

  /** Of the values that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A value that is kept, which counts as used now; undefined if there is none. */
  get(key: Key): Value | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  /** Keeps a value, unless it alone is larger than the cache. */
  set(key: Key, value: Value): void {
    this.delete(key);
    const most = this.#mostBytes();
    if (value.byteLength > most) return;
    this.#values.set(key, value);
    this.#bytes += value.byteLength;
    for (const oldest of this.#values.keys()) {
      if (this.#bytes <= most) return;
      this.delete(oldest);
    }
  }

  delete(key: Key): void {
    this.#bytes -= this.#values.get(key)?.byteLength ?? 0;
    this.#values.delete(key);
  }
}
