import type { RawTensor } from '../../../golden/write.ts';
import { numbers } from '../../graph/tensors.ts';

/** Of the layers; TAESD has 64. */
const WIDTH = 4;
export type Weights = Map<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;

/** Convolutions of 3×3 by their numbers, with their channels; blocks of three of them; those that have no bias. */
interface Structure {
  readonly convolutions: Readonly<Record<number, readonly [from: number, to: number]>>;
  readonly blocks: readonly number[];
  readonly withoutBias: readonly number[];
}

/** `Decoder` and `Encoder` in taesd.py, narrower. */
export const DECODER: Structure = {
  convolutions: { 1: [4, WIDTH], 7: [WIDTH, WIDTH], 12: [WIDTH, WIDTH], 17: [WIDTH, WIDTH], 19: [WIDTH, 3] },
  blocks: [3, 4, 5, 8, 9, 10, 13, 14, 15, 18],
  withoutBias: [7, 12, 17],
};
export const ENCODER: Structure = {
  convolutions: { 0: [3, WIDTH], 2: [WIDTH, WIDTH], 6: [WIDTH, WIDTH], 10: [WIDTH, WIDTH], 14: [WIDTH, 4] },
  blocks: [1, 3, 4, 5, 7, 8, 9, 11, 12, 13],
  withoutBias: [2, 6, 10],
};

/** Numbers for all layers. */
export function weightsOf({ convolutions, blocks, withoutBias }: Structure): Weights {
  const weights: Weights = new Map();
  const add = (name: string, ...shape: number[]) => {
    const values = numbers(shape, weights.size + 1).map((value) => value * 0.4);
    weights.set(name, { shape, values });
  };
  const conv = (name: string, from: number, to: number, hasBias: boolean) => {
    add(`${name}.weight`, to, from, 3, 3);
    if (hasBias) add(`${name}.bias`, to);
  };
  for (const [number, [from, to]] of Object.entries(convolutions)) {
    conv(number, from, to, !withoutBias.includes(Number(number)));
  }
  for (const block of blocks) for (const layer of [0, 2, 4]) conv(`${block}.conv.${layer}`, WIDTH, WIDTH, true);
  return weights;
}

/** As tensors of a file. */
export const rawOf = (weights: Weights) =>
  new Map(
    [...weights].map(([name, { shape, values }]): [string, RawTensor] => [
      name,
      { dtype: 'F32', shape, bytes: new Uint8Array(Float32Array.from(values).buffer) },
    ]),
  );
