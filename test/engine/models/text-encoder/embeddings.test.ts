import { stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ModelFiles } from '../../../../engine/models/model-files.ts';
import { readEmbeddings } from '../../../../engine/models/text-encoder/embeddings.ts';
import { fileOf } from '../../../weights/files.ts';
import { fileBytes, filled } from '../../../weights/layouts/raw.ts';

const WIDTH = 2;
const vector = (shape: readonly number[], ...values: number[]) => ({
  ...filled('F32', shape),
  bytes: new Uint8Array(Float32Array.from(values).buffer),
});

async function read(tensors: Parameters<typeof fileBytes>[0]) {
  const path = fileOf(fileBytes(tensors));
  const { size, mtimeMs } = await stat(path);
  return readEmbeddings([{ name: 'cat', file: { path, size, mtimeMs } }], WIDTH, new ModelFiles());
}

describe('readEmbeddings', () => {
  it('joins the vectors of several tokens', async () => {
    const tokens = new Map([
      ['<s0>', vector([2, WIDTH], 1, 2, 3, 4)],
      ['<s1>', vector([WIDTH], 5, 6)],
    ]);
    expect([...(await read(tokens)).get('cat')!].map((row) => [...row])).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
  });

  it('rejects vectors of another width, and damaged ones', async () => {
    await expect(read(new Map([['emb_params', vector([1, 3], 1, 2, 3)]]))).rejects.toThrow(/have 3 values, .* needs 2/);
    await expect(read(new Map([['<cat>', vector([WIDTH], 1, Number.NaN)]]))).rejects.toThrow(/"<cat>" contains values/);
  });
});
