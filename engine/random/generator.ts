import { PhiloxGenerator } from './philox.ts';
import { TorchGenerator } from './torch-cpu.ts';

/** A1111's `randn_source`: torch's generator on the CPU, or the one of a GPU by Nvidia, computed on the CPU. */
export type NoiseGenerator = 'cpu' | 'nv';

/** Standard-normal values of a seed. */
export interface Generator {
  /** The next `count` values. */
  randn(count: number): Float32Array;
}

/** @param seed any integer from 0 */
export function createGenerator(kind: NoiseGenerator, seed: number): Generator {
  return kind === 'cpu' ? new TorchGenerator(seed) : new PhiloxGenerator(seed);
}
