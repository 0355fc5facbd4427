import { type Parameters, sizeOf } from '../../grammar/pasted/infotext-parameters.ts';

/** The parameters of an infotext, and which of them were read. */
export class ParameterReader {
  readonly #parameters: Parameters;
  readonly #read = new Set<string>();
  readonly #misread: [name: string, value: string][] = [];

  constructor(parameters: Parameters) {
    this.#parameters = parameters;
  }

  take(name: string): string | undefined {
    this.#read.add(name);
    return this.#parameters.findLast(([key]) => key === name)?.[1];
  }

  /** undefined if it is missing or empty. */
  given(name: string): string | undefined {
    return this.take(name) || undefined;
  }

  number(name: string): number | undefined {
    return this.#as(name, (value) => (Number.isFinite(Number(value)) ? Number(value) : null));
  }

  /** `512x768` */
  size(name: string): readonly [number, number] | undefined {
    return this.#as(name, sizeOf);
  }

  /** Parameters whose values could not be read. */
  misread(): Parameters {
    return this.#misread;
  }

  #as<T>(name: string, read: (value: string) => T | null): T | undefined {
    const value = this.take(name);
    if (value === undefined || value === '') return undefined;
    const result = read(value);
    if (result === null) this.#misread.push([name, value]);
    return result ?? undefined;
  }

  /** Every parameter whose name matches. */
  matching(pattern: RegExp): Parameters {
    const found = this.#parameters.filter(([name]) => pattern.test(name) && !this.#read.has(name));
    for (const [name] of found) this.#read.add(name);
    return found;
  }
}
