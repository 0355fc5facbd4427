import { isList, isMap, type Json, type JsonMap } from './json.ts';

/** The fields of a map, with a record of which ones were read, so that none is dropped in silence. */
export class Fields {
  readonly #map: JsonMap;
  readonly #read = new Set<string>();

  constructor(map: JsonMap) {
    this.#map = map;
  }

  take(key: string): Json | undefined {
    this.#read.add(key);
    return this.#map.get(key);
  }

  /** undefined if it is missing or not text. */
  text(key: string): string | undefined {
    const value = this.take(key);
    return typeof value === 'string' ? value : undefined;
  }

  /** undefined if it is missing or not a finite number. */
  number(key: string): number | undefined {
    const value = this.take(key);
    if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value);
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  }

  map(key: string): JsonMap | undefined {
    const value = this.take(key);
    return isMap(value) ? value : undefined;
  }

  list(key: string): readonly Json[] | undefined {
    const value = this.take(key);
    return isList(value) ? value : undefined;
  }

  /** The fields that were not read. */
  left(): [key: string, value: Json][] {
    return [...this.#map].filter(([key]) => !this.#read.has(key));
  }
}
