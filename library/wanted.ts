/** Reads the values of keys, such as the contents of files by their paths. */
type Read<V> = (keys: readonly string[]) => Promise<Iterable<readonly [key: string, value: V]>>;

/** Reads values one after the other. */
export const oneByOne =
  <V>(read: (key: string) => Promise<V>): Read<V> =>
  async (keys) => {
    const values: [string, V][] = [];
    for (const key of keys) values.push([key, await read(key)]);
    return values;
  };

/** Values that are read after something has asked for them, so that asking is synchronous. */
export class Wanted<V> {
  readonly #read: Read<V>;
  readonly #known: Map<string, V>;
  readonly #asked = new Set<string>();

  /** @param known receives the values */
  constructor(read: Read<V>, known = new Map<string, V>()) {
    this.#read = read;
    this.#known = known;
  }

  /** undefined until it is read. `readAsked` reads it. */
  get(key: string): V | undefined {
    const value = this.#known.get(key);
    if (value === undefined) this.#asked.add(key);
    return value;
  }

  /** undefined until it is read. This does not ask for it. */
  peek(key: string): V | undefined {
    return this.#known.get(key);
  }

  async read(keys: readonly string[]): Promise<void> {
    for (const [key, value] of await this.#read(keys)) this.#known.set(key, value);
  }

  /** Reads what was asked for; false if that is nothing. */
  async readAsked(): Promise<boolean> {
    const asked = [...this.#asked];
    this.#asked.clear();
    await this.read(asked);
    return asked.length > 0;
  }
}
