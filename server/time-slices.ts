import type { SlicedTask } from '../grammar/sliced-task.ts';

/** How long one turn may hold up everything else. */
const SLICE_MS = 10;

let last: Promise<void> = Promise.resolve();

/**
 * Waits until it is one's turn: behind all who have waited before, each of whom works after its turn until it waits
 * again. Between two turns messages are read, so that what is answered at once, as completion is, waits for one at most.
 */
export function nextSlice(): Promise<void> {
  last = last.then(() => new Promise((resolve) => setTimeout(resolve)));
  return last;
}

/** What can be done of some work in one turn. */
export function runSlice<T>(work: SlicedTask<T>): IteratorResult<void, T> {
  const end = performance.now() + SLICE_MS;
  let result = work.next();
  while (!result.done && performance.now() < end) result = work.next();
  return result;
}

/** Does all of some work, turn by turn; null where `goOn`, asked before each further turn, has said no. */
export async function runSliced<T>(work: SlicedTask<T>, goOn: () => boolean): Promise<T | null> {
  for (;;) {
    const { done, value } = runSlice(work);
    if (done) return value;
    await nextSlice();
    if (!goOn()) return null;
  }
}
