import { stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ModelFiles } from '../../../../engine/models/model-files.ts';
import { readEmbeddings } from '../../../../engine/models/text-encoder/embeddings.ts';
import { fileOf } from '../../../weights/files.ts';
import { fileBytes, filled } from '../../../weights/layouts/raw.ts';
import { dict, floats, int, pickle, tensor, text, torchZip } from '../../../weights/torch-files.ts';

const WIDTH = 2;
const vector = (shape: readonly number[], ...values: number[]) => ({
  ...filled('F32', shape),
  bytes: new Uint8Array(Float32Array.from(values).buffer),
});

type Tensors = Parameters<typeof fileBytes>[0];

const read = (tensors: Tensors) => readFile(fileOf(fileBytes(tensors)));

async function readFile(path: string) {
  const { size, mtimeMs } = await stat(path);
  return readEmbeddings([{ name: 'cat', file: { path, size, mtimeMs } }], WIDTH, new ModelFiles());
}

/** As `torch.save` writes what A1111 saves: the parameters of each token, and more. */
const pickled = (parameters: Readonly<Record<string, readonly (readonly number[])[]>>) => {
  const entries = Object.entries(parameters);
  const tensors = entries.map(([, rows], i) =>
    tensor({ key: `${i}`, count: rows.flat().length, shape: [rows.length, WIDTH], stride: [WIDTH, 1] }),
  );
  return torchZip(
    pickle(
      dict({
        string_to_token: dict(Object.fromEntries(entries.map(([token]) => [token, int(265)]))),
        string_to_param: dict(Object.fromEntries(entries.map(([token], i) => [token, tensors[i]!]))),
        name: text('cat'),
        step: int(999),
        sd_checkpoint: 'N',
        sd_checkpoint_name: 'N',
      }),
    ),
    Object.fromEntries(entries.map(([, rows], i) => [`${i}`, floats(...rows.flat())])),
  );
};

/** In the types in which files have them; all values are exact in each. */
const half = (...bits: number[]) => new Uint8Array(Uint16Array.from(bits).buffer);

describe('the vectors of an embedding', () => {
  it.each<[string, Uint8Array, readonly (readonly number[])[]]>([
    [
      "A1111's .pt",
      pickled({
        '*': [
          [1, -2],
          [0.5, 4],
        ],
      }),
      [
        [1, -2],
        [0.5, 4],
      ],
    ],
    ["A1111's .pt of several tokens, the first one", pickled({ '<a>': [[1, 2]], '<b>': [[3, 4]] }), [[1, 2]]],
    [
      "A1111's .safetensors",
      fileBytes(new Map([['emb_params', vector([2, WIDTH], 1, 2, 3, 4)]])),
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [
      'float16',
      fileBytes(new Map([['emb_params', { dtype: 'F16', shape: [1, WIDTH], bytes: half(0x3c00, 0xc100) }]])),
      [[1, -2.5]],
    ],
    [
      'bfloat16',
      fileBytes(new Map([['emb_params', { dtype: 'BF16', shape: [1, WIDTH], bytes: half(0x3f80, 0xc020) }]])),
      [[1, -2.5]],
    ],
    ["diffusers', of one vector", fileBytes(new Map([['<cat>', vector([WIDTH], 7, 8)]])), [[7, 8]]],
    [
      "diffusers', of several vectors",
      fileBytes(
        new Map([
          ['<cat>', vector([WIDTH], 1, 2)],
          ['<cat>_1', vector([WIDTH], 3, 4)],
        ]),
      ),
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [
      "diffusers', of several tokens",
      fileBytes(
        new Map([
          ['<s0>', vector([2, WIDTH], 1, 2, 3, 4)],
          ['<s1>', vector([WIDTH], 5, 6)],
        ]),
      ),
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    ],
    ["ComfyUI's clip_l alone", fileBytes(new Map([['clip_l', vector([1, WIDTH], 9, 10)]])), [[9, 10]]],
  ])('are exactly those of the file: %s', async (form, bytes, expected) => {
    const path = fileOf(bytes, form.includes('.pt') ? 'cat.pt' : 'cat.safetensors');
    expect([...(await readFile(path)).get('cat')!].map((row) => [...row])).toEqual(expected);
  });
});

describe('readEmbeddings', () => {
  it('rejects vectors of another width, and damaged ones', async () => {
    await expect(read(new Map([['emb_params', vector([1, 3], 1, 2, 3)]]))).rejects.toThrow(/have 3 values, .* needs 2/);
    await expect(read(new Map([['<cat>', vector([WIDTH], 1, Number.NaN)]]))).rejects.toThrow(/"<cat>" contains values/);
  });
});
