import type { InputPicture } from '../../plan/clip-inputs.ts';
import type { PlanImage } from '../../plan/plan.ts';

/** Files of a plan, each once, by their indices. */
export class Indexed<T> {
  readonly #known = new Map<string, { readonly index: number; readonly value: T }>();

  indexOf(value: T, key: string): number {
    const known = this.#known.get(key) ?? { index: this.#known.size, value };
    this.#known.set(key, known);
    return known.index;
  }

  get values(): T[] {
    return [...this.#known.values()].map(({ value }) => value);
  }
}

/** The same for pictures, which may be of one video at several times. */
export class IndexedPictures {
  readonly #pictures = new Indexed<InputPicture>();

  indexOf({ shown, ...file }: PlanImage): number {
    return this.#pictures.indexOf({ file, ...(shown && { shown }) }, JSON.stringify([file.path, shown]));
  }

  get values(): InputPicture[] {
    return this.#pictures.values;
  }
}
