import type { SlicedTask } from '../grammar/sliced-task.ts';

/** How long a slice may block everything else. */
const SLICE_MS = 10;

let last: Promise<void> = Promise.resolve();

/**
 * Waits for the start of a slice. Slices start in the order of these calls, and messages are read between them, so that
 * a request that is answered at once, as completion is, waits for one slice at most.
 */
export function nextSlice(): Promise<void> {
  last = last.then(() => new Promise((resolve) => setTimeout(resolve)));
  return last;
}

/** Runs one slice of a task. */
export function runSlice<T>(task: SlicedTask<T>): IteratorResult<void, T> {
  const end = performance.now() + SLICE_MS;
  let result = task.next();
  while (!result.done && performance.now() < end) result = task.next();
  return result;
}

/** Runs a task slice by slice; null once `goOn`, asked before each further slice, returns false. */
export async function runSliced<T>(task: SlicedTask<T>, goOn: () => boolean): Promise<T | null> {
  for (;;) {
    const { done, value } = runSlice(task);
    if (done) return value;
    await nextSlice();
    if (!goOn()) return null;
  }
}
