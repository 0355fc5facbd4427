import { isList, isMap, type Json, type JsonMap } from './json.ts';

/**
 * The fields of a map, with a record of which ones were read, so that none is dropped in silence. A value of the wrong
 * type is not read; null stands for none.
 */
export class Fields {
  readonly #map: JsonMap;
  readonly #read = new Set<string>();
  readonly #misread = new Set<string>();

  constructor(map: JsonMap) {
    this.#map = map;
  }

  take(key: string): Json | undefined {
    this.#read.add(key);
    return this.#map.get(key);
  }

  /** undefined if it is missing or not text. */
  text(key: string): string | undefined {
    return this.#as(key, (value) => (typeof value === 'string' ? value : undefined));
  }

  /** undefined if it is missing or not a finite number. */
  number(key: string): number | undefined {
    const value = this.#as(key, (given) => {
      if (typeof given === 'string') return given.trim() === '' ? Number.NaN : numberIn(given);
      return typeof given === 'number' ? given : undefined;
    });
    // What reads JSON reports NaN.
    return Number.isFinite(value) ? value : undefined;
  }

  map(key: string): JsonMap | undefined {
    return this.#as(key, (value) => (isMap(value) ? value : undefined));
  }

  list(key: string): readonly Json[] | undefined {
    return this.#as(key, (value) => (isList(value) ? value : undefined));
  }

  /** The fields that were not read, or whose values could not be read. */
  left(): [key: string, value: Json][] {
    return [...this.#map].filter(([key]) => !this.#read.has(key));
  }

  /** The fields whose values could not be read. */
  misread(): [key: string, value: Json][] {
    return this.left().filter(([key]) => this.#misread.has(key));
  }

  #as<T>(key: string, read: (value: Json) => T | undefined): T | undefined {
    const value = this.#map.get(key);
    const result = value === undefined || value === null ? undefined : read(value);
    if (result === undefined && value !== undefined && value !== null) this.#misread.add(key);
    else this.#read.add(key);
    return result;
  }
}

function numberIn(text: string): number | undefined {
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
