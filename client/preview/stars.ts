import type { Memento } from 'vscode';
import * as z from 'zod/mini';

const KEY = 'travel.starred';

const Starred = z.catch(z.array(z.string()), []);

/** The renders that a person has starred, by their paths. Kept for the workspace. */
export class Stars {
  readonly #state: Memento;

  constructor(state: Memento) {
    this.#state = state;
  }

  has(path: string): boolean {
    return this.#all.includes(path);
  }

  async toggle(path: string): Promise<void> {
    const all = this.#all;
    await this.#state.update(KEY, all.includes(path) ? all.filter((each) => each !== path) : [...all, path]);
  }

  get #all(): string[] {
    return Starred.parse(this.#state.get(KEY));
  }
}
