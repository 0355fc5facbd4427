import { totalmem } from 'node:os';
import { usableMemory } from '../plan/memory.ts';

/** Bytes of memory that programs can use: the installed memory, or the limit of the container. */
export const memoryOfThisComputer = (): number => usableMemory(totalmem(), process.constrainedMemory());
