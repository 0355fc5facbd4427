import { totalmem } from 'node:os';

/** Bytes of memory that programs can use: the installed memory, or the limit of the container. */
export function memoryOfThisComputer(): number {
  // Without a limit, Node returns 0 or a number larger than any memory.
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
