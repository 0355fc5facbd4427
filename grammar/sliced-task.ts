/** A task that yields after each short part, so that the caller can pause there. */
export type SlicedTask<T> = Generator<void, T>;

/** Runs a task without pausing. */
export function runToEnd<T>(task: SlicedTask<T>): T {
  for (;;) {
    const { done, value } = task.next();
    if (done) return value;
  }
}
