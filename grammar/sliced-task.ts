/** Work that pauses after each piece, for those who have something else to do in between. */
export type SlicedTask<T> = Generator<void, T>;

/** Does all of it without a pause. */
export function runToEnd<T>(work: SlicedTask<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
