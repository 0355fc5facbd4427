import { totalmem } from 'node:os';

/** Bytes of memory that programs may use: all that is built in, or what a container gives. */
export function memoryOfThisComputer(): number {
  // Node says 0 or more than any computer has where there is no limit.
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
