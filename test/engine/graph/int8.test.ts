import { describe, expect, it } from 'vitest';
import type { GraphOptions } from '../../../engine/graph/builder.ts';
import { Int8Products } from '../../../engine/graph/int8.ts';
import { distance, numbers, product, run, transposed, weight, weights } from './tensors.ts';

/** The product of `x` with a weight `[outputs, inputs]`, in a graph. */
async function inGraph(x: Float32Array, dims: readonly number[], w: Float32Array, options: GraphOptions = {}) {
  const inputs = dims.at(-1)!;
  return run(({ graph, weights }) => new Int8Products(graph).product(graph.input('x', dims), weights.merged('w')), {
    tensors: new Map([['w', weight('w', [w.length / inputs, inputs], w)]]),
    feeds: { x: { data: x, dims } },
    openBatch: true,
    ...options,
  });
}

/** Each row in multiples of its step: so many of them are its largest magnitude. */
function rounded(matrix: Float32Array, inputs: number, steps: number) {
  const rows = Array.from({ length: matrix.length / inputs }, (_, i) => {
    const row = matrix.subarray(i * inputs, (i + 1) * inputs);
    const step = Math.fround(Math.max(...row.map(Math.abs), 1e-30) * Math.fround(1 / steps));
    return row.map((value) => Math.round(Math.fround(value / step)) * step);
  });
  return Float32Array.from(rows.flatMap((row) => [...row]));
}

const largest = (values: Float32Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe('the product of 8-bit integers', () => {
  it.each<[readonly number[], number]>([
    [[1, 1, 48], 3],
    [[3, 64], 5],
    [[2, 77, 48], 16],
    [[1, 1300, 32], 8],
  ])('is the product of rounded rows: %j, %d outputs', async (dims, outputs) => {
    const [x, inputs] = [numbers(dims, 1), dims.at(-1)!];
    const w = numbers([outputs, inputs], 2);
    const y = await inGraph(x, dims, w, { threads: 2 });
    expect(y.dims).toEqual([...dims.slice(0, -1), outputs]);
    const expected = product(rounded(x, inputs, 127), transposed(rounded(w, inputs, 63), inputs), inputs);
    expect(distance(y.data, expected) / largest(expected)).toBeLessThan(1e-5);
    // Close to the product of the values themselves, too.
    expect(distance(y.data, product(x, transposed(w, inputs), inputs)) / largest(expected)).toBeLessThan(0.02);
  });

  it('does not overflow with the largest values', async () => {
    const [x, w] = [new Float32Array(2 * 512).fill(-1), new Float32Array(3 * 512).fill(1)];
    x.fill(1, 512);
    const { data } = await inGraph(x, [2, 512], w);
    for (const [i, value] of data.entries()) expect(value / (i < 3 ? -512 : 512)).toBeCloseTo(1, 5);
  });

  it('is 0 where rows are 0', async () => {
    const { data } = await inGraph(new Float32Array(3 * 32), [3, 32], numbers([4, 32], 1));
    expect([...data]).toEqual(Array(12).fill(0));
    expect([...(await inGraph(numbers([3, 32], 1), [3, 32], new Float32Array(4 * 32))).data]).toEqual(
      Array(12).fill(0),
    );
  });

  it('has the same results with any number of threads, and in any batch', async () => {
    const [x, w] = [numbers([4, 600, 64], 1), numbers([96, 64], 2)];
    const [one, ...more] = await Promise.all([1, 2, 5].map((threads) => inGraph(x, [4, 600, 64], w, { threads })));
    for (const { data } of more) expect(data).toEqual(one!.data);
    const half = await inGraph(x.subarray(0, x.length / 2), [2, 600, 64], w);
    expect(half.data).toEqual(one!.data.subarray(0, half.data.length));
  });
});

describe('linear layers in a graph of 8-bit integers', () => {
  const tensors = weights({
    'l.weight': [24, 32],
    'l.bias': [24],
    'f.net.0.proj.weight': [64, 32],
    'f.net.2.weight': [32, 32],
  });
  const linear = (rows: number, options: GraphOptions, exact?: { readonly exact: boolean }) => {
    const dims = [2, rows, 32];
    const feeds = { x: { data: numbers(dims, 1), dims } };
    return run((layers) => layers.linear(layers.graph.input('x', dims), 'l', exact), { tensors, feeds, ...options });
  };

  it('are rounded if each sample has enough rows, with a bias, unless they are exact', async () => {
    const int8 = { samples: 2 };
    for (const [rows, exact, isRounded] of [
      [64, undefined, true],
      [63, undefined, false],
      [64, { exact: true }, false],
    ] as const) {
      const [plain, other] = [await linear(rows, {}), await linear(rows, { int8 }, exact)];
      const difference = distance(other.data, plain.data) / largest(plain.data);
      expect(difference > 0).toBe(isRounded);
      expect(difference).toBeLessThan(0.02);
    }
  });

  it('are rounded in every part of a feed-forward, or in none', async () => {
    const geglu = async (tokens: number, samples: number) => {
      const dims = [samples, tokens, 32];
      const feeds = { x: { data: numbers(dims, 1), dims } };
      const options = { tensors, feeds, threads: 2, int8: { samples } };
      return run((layers) => layers.geglu(layers.graph.input('x', dims), 'f'), options);
    };
    for (const tokens of [32, 64]) {
      // Runs of 512 rows have 12 of each sample.
      const [alone, all] = [await geglu(tokens, 1), await geglu(tokens, 40)];
      expect(distance(all.data.subarray(0, alone.data.length), alone.data)).toBeLessThan(1e-6);
    }
  });
});
