import { describe, expect, it } from 'vitest';
import { suitsWinograd, winograd } from '../../../engine/graph/winograd.ts';
import { distance, numbers, run, weights } from './tensors.ts';

/** A convolution by ONNX Runtime's operator and by Winograd's algorithm. */
async function both(dims: readonly number[], filters: number, options: { threads?: number; openBatch?: boolean } = {}) {
  const tensors = weights({ 'c.weight': [filters, dims[1]!, 3, 3], 'c.bias': [filters] });
  const feeds = { x: { data: numbers(dims, 1), dims } };
  const [plain, fast] = await Promise.all([
    run((layers) => layers.conv(layers.graph.input('x', dims), 'c'), { tensors, feeds }),
    run(
      ({ graph, weights }) =>
        winograd(graph, graph.input('x', dims), weights.merged('c.weight'), weights.merged('c.bias')),
      { tensors, feeds, ...options },
    ),
  ]);
  return { plain, fast };
}

describe("Winograd's convolution", () => {
  it.each([
    ['a small image', [1, 3, 8, 12], 5],
    ['a batch, with an open batch axis', [3, 4, 24, 24], 2],
    ['one image in bands', [1, 2, 200, 128], 3],
    ['images in parts', [5, 2, 96, 96], 3],
  ])('computes what the definition does: %s', async (_, dims, filters) => {
    for (const openBatch of [false, true]) {
      const { plain, fast } = await both(dims, filters, { openBatch });
      expect(fast.dims).toEqual(plain.dims);
      const largest = plain.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(distance(fast.data, plain.data) / largest).toBeLessThan(1e-5);
    }
  });

  it('computes the same with any number of threads', async () => {
    const [one, ...more] = await Promise.all(
      [1, 2, 5].map((threads) => both([2, 64, 24, 24], 64, { threads, openBatch: true })),
    );
    for (const { fast } of more) expect(distance(fast.data, one!.fast.data)).toBe(0);
  });

  it('is used for large layers of large images, on the CPU', async () => {
    expect(suitsWinograd([2, 320, 64, 64], [320, 320, 3, 3])).toBe(true);
    expect(suitsWinograd([2, 640, 32, 32], [640, 640, 3, 3])).toBe(true);
    expect(suitsWinograd([1, 128, 512, 512], [128, 128, 3, 3])).toBe(true);
    // Odd sizes, small images, few channels, and weights whose transforms would not fit.
    expect(suitsWinograd([2, 320, 62, 64], [320, 320, 3, 3])).toBe(false);
    expect(suitsWinograd([32, 1280, 16, 16], [1280, 1280, 3, 3])).toBe(false);
    expect(suitsWinograd([1, 320, 64, 64], [4, 320, 3, 3])).toBe(false);
    expect(suitsWinograd([32, 64, 32, 32], [64, 64, 3, 3])).toBe(false);
    expect(suitsWinograd([2, 2560, 32, 32], [1280, 2560, 3, 3])).toBe(false);
  });
});
