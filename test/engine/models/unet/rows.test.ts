import { expect, it } from 'vitest';
import { join, splitRows } from '../../../../engine/models/unet/rows.ts';

it('splitRows takes apart what is side by side in each row', () => {
  const rows = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
  expect(splitRows(rows, 2, 2)).toEqual([Float32Array.of(1, 2, 6, 7), Float32Array.of(3, 4, 5, 8, 9, 10)]);
  expect(join([Float32Array.of(1), Float32Array.of(2, 3)])).toEqual(Float32Array.of(1, 2, 3));
});
