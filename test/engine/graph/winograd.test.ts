import { describe, expect, it } from 'vitest';
import { suitsWinograd, winograd } from '../../../engine/graph/winograd.ts';
import { distance, numbers, run, weights } from './tensors.ts';

/** A convolution by ONNX Runtime's operator and by Winograd's algorithm. */
async function both(
  dims: readonly number[],
  filters: number,
  { layerAtOnce, ...options }: { threads?: number; openBatch?: boolean; layerAtOnce?: number } = {},
) {
  const tensors = weights({ 'c.weight': [filters, dims[1]!, 3, 3], 'c.bias': [filters] });
  const feeds = { x: { data: numbers(dims, 1), dims } };
  const [plain, fast] = await Promise.all([
    run((layers) => layers.conv(layers.graph.input('x', dims), 'c'), { tensors, feeds }),
    run(
      ({ graph, weights }) =>
        winograd(graph, graph.input('x', dims), weights.merged('c.weight'), weights.merged('c.bias'), layerAtOnce),
      { tensors, feeds, ...options },
    ),
  ]);
  return { plain, fast };
}

describe("Winograd's convolution", () => {
  it.each<[string, readonly number[], number, { layerAtOnce?: number }?]>([
    ['a small image', [1, 3, 8, 12], 5],
    ['a batch, with an open batch axis', [3, 4, 24, 24], 2],
    ['one image in bands', [1, 2, 200, 128], 3],
    ['images in parts', [5, 2, 96, 96], 3],
    ['small images, some together', [70, 2, 8, 12], 3],
    ['images of one tile', [40, 3, 4, 4], 5],
    ['filters in groups', [2, 8, 4, 8], 7, { layerAtOnce: 20 }],
  ])('computes what the definition does: %s', async (_, dims, filters, options = {}) => {
    for (const openBatch of [false, true]) {
      const { plain, fast } = await both(dims, filters, { ...options, openBatch });
      expect(fast.dims).toEqual(plain.dims);
      const largest = plain.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(distance(fast.data, plain.data) / largest).toBeLessThan(1e-5);
    }
  });

  it('computes the same with any number of threads', async () => {
    for (const dims of [
      [2, 64, 24, 24],
      [17, 64, 16, 16],
      [70, 64, 8, 8],
    ]) {
      const [one, ...more] = await Promise.all(
        [1, 2, 5].map((threads) => both(dims, 64, { threads, openBatch: true })),
      );
      for (const { fast } of more) expect(distance(fast.data, one!.fast.data)).toBe(0);
    }
  });

  it('is used for large layers, on the CPU', async () => {
    expect(suitsWinograd([2, 320, 64, 64], [320, 320, 3, 3])).toBe(true);
    expect(suitsWinograd([1, 128, 512, 512], [128, 128, 3, 3])).toBe(true);
    expect(suitsWinograd([32, 2560, 8, 8], [1280, 2560, 3, 3])).toBe(true);
    // Odd sizes, few pixels, and few channels.
    expect(suitsWinograd([2, 320, 62, 64], [320, 320, 3, 3])).toBe(false);
    expect(suitsWinograd([2, 1280, 8, 8], [1280, 1280, 3, 3])).toBe(false);
    expect(suitsWinograd([16, 192, 8, 8], [96, 192, 3, 3])).toBe(false);
    expect(suitsWinograd([1, 320, 64, 64], [4, 320, 3, 3])).toBe(false);
    expect(suitsWinograd([32, 64, 32, 32], [64, 64, 3, 3])).toBe(false);
  });
});
