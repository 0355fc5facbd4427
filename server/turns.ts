import type { Work } from '../grammar/pieces.ts';

/** How long one turn may hold up everything else. */
const PIECE_MS = 10;

let last: Promise<void> = Promise.resolve();

/**
 * Waits until it is one's turn: behind all who have waited before, each of whom works after its turn until it waits
 * again. Between two turns messages are read, so that what is answered at once, as completion is, waits for one at most.
 */
export function nextTurn(): Promise<void> {
  last = last.then(() => new Promise((resolve) => setTimeout(resolve)));
  return last;
}

/** What can be done of some work in one turn. */
export function doPiece<T>(work: Work<T>): IteratorResult<void, T> {
  const end = performance.now() + PIECE_MS;
  let result = work.next();
  while (!result.done && performance.now() < end) result = work.next();
  return result;
}

/** Does all of some work, turn by turn; null where `goOn`, asked before each further turn, has said no. */
export async function inTurns<T>(work: Work<T>, goOn: () => boolean): Promise<T | null> {
  for (;;) {
    const { done, value } = doPiece(work);
    if (done) return value;
    await nextTurn();
    if (!goOn()) return null;
  }
}
