/** Work that pauses after each piece, for those who have something else to do in between. */
export type Work<T> = Generator<void, T>;

/** Does all of it without a pause. */
export function atOnce<T>(work: Work<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
