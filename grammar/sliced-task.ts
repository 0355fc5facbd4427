/** Work that pauses after each slice, so that an editor stays responsive. */
export type SlicedTask<T> = Generator<void, T>;

/** Runs a task without pauses. */
export function runToEnd<T>(work: SlicedTask<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
