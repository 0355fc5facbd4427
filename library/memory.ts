import { availableParallelism, totalmem } from 'node:os';
import { threadsOf, usableMemory } from '../plan/memory.ts';

/** Bytes of memory that programs can use: the installed memory, or the limit of the container. */
export const memoryOfThisComputer = (): number => usableMemory(totalmem(), process.constrainedMemory());

/** Threads of a render on the CPU. @param wanted by the user; null: as many as the computer runs at once */
export const threadsOfThisComputer = (wanted: number | null): number => threadsOf(wanted, availableParallelism());
