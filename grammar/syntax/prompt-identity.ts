/**
 * Stands for the words of a prompt in all versions of a file, and holds what was found out about them
 * (`memoize-by-prompt.ts`). A slot of an object is read much faster than an entry of a `WeakMap`, and 20,000 of those
 * delay every garbage collection.
 */
export class PromptIdentity {
  readonly #answers: unknown[] = [];

  /** What is kept in a slot; undefined if nothing is. */
  answer(slot: number): unknown {
    return this.#answers[slot];
  }

  keep(slot: number, answer: unknown): void {
    this.#answers[slot] = answer;
  }
}
