import { describe, expect, it } from 'vitest';
import type { Value } from '../../../engine/graph/builder.ts';
import type { Layers } from '../../../engine/graph/layers.ts';
import { contextWidthOf } from '../../../engine/models/unet/graph.ts';
import { UNet } from '../../../engine/models/unet/unet.ts';
import { Vae } from '../../../engine/models/vae/vae.ts';
import { cpu } from '../../../engine/onnx/session.ts';
import { componentTensors } from '../../../weights/components.ts';
import { openWeights } from '../../../weights/open.ts';
import { NANO } from '../../golden/models.ts';
import { distance, numbers, run, weights } from './tensors.ts';

const THREADS = [2, 5] as const;

/** Runs a layer with one thread as another device would compute it, and checks that the CPU's graphs agree. */
async function compare(dims: readonly number[], shapes: Record<string, readonly number[]>, layer: Layer) {
  const tensors = weights(shapes);
  const feeds = { x: { data: numbers(dims, 1), dims } };
  const compute = (options: { threads?: number }) =>
    run((layers) => layer(layers, layers.graph.input('x', dims)), { tensors, feeds, openBatch: true, ...options });
  const plain = await compute({});
  const one = await compute({ threads: 1 });
  expect(one.dims).toEqual(plain.dims);
  expect(distance(one.data, plain.data)).toBeLessThan(1e-3);
  for (const threads of THREADS)
    expect(distance((await compute({ threads })).data, one.data), `${threads} threads`).toBe(0);
  return [plain.data, one.data] as const;
}

type Layer = (layers: Layers, x: Value) => Value;

/** ONNX Runtime's kernels divide work among threads in ways that change the order in which they sum. */
describe('any number of threads', () => {
  it.each([
    ['wide', [2, 1280], [320, 1280]],
    ['wide, with three axes', [2, 77, 768], [640, 768]],
    ['tall', [512, 320], [320, 320]],
    ['of one row', [1, 640], [1280, 640]],
    ['in runs of rows', [20_001, 64], [48, 64]],
  ])('multiplies the same: %s', async (_, dims, weight) => {
    await compare(dims, { 'l.weight': weight, 'l.bias': weight.slice(0, 1) }, (layers, x) => layers.linear(x, 'l'));
  });

  it.each([
    ['a small image', [1, 64, 16, 16], [64, 64, 3, 3], {}],
    ['of three filters', [1, 64, 16, 16], [3, 64, 3, 3], {}],
    ['of filters that two does not divide', [1, 160, 12, 12], [99, 160, 1, 1], {}],
    ['of one pixel', [1, 160, 20, 20], [160, 160, 1, 1], {}],
    ['with a stride', [1, 64, 32, 32], [64, 64, 3, 3], { stride: 2 }],
    ['more filters than pixels', [1, 128, 8, 8], [256, 128, 3, 3], {}],
    ['a batch', [4, 64, 16, 16], [64, 64, 3, 3], {}],
  ] as const)('convolves the same: %s', async (_, dims, weight, options) => {
    await compare(dims, { 'c.weight': weight, 'c.bias': [weight[0]] }, (layers, x) => layers.conv(x, 'c', options));
  });

  it.each([
    ['in one run', [1, 600, 64]],
    ['in several runs, the last one shorter', [4, 300, 64]],
    ['in several runs, of more channels than 512', [2, 520, 520]],
  ])('gates the same: %s', async (_, dims) => {
    const width = dims.at(-1)!;
    const shapes = {
      'ff.net.0.proj.weight': [8 * width, width],
      'ff.net.0.proj.bias': [8 * width],
      'ff.net.2.weight': [width, 4 * width],
    };
    const [plain, one] = await compare(dims, shapes, (layers, x) => layers.geglu(x, 'ff'));
    expect(distance(one, plain)).toBe(0);
  });

  it('predicts and decodes the same', async () => {
    const file = await openWeights(NANO);
    const [frames, side] = [2, 8];
    const results: Float32Array[][] = [];
    for (const [threads, atOnce] of [
      [1, 1],
      [4, 1],
      [2, 2],
    ] as const) {
      const runtime = cpu(threads);
      const unet = new UNet(file, { runtime, atOnce });
      const vae = new Vae(file, runtime);
      const [sample, context] = [
        numbers([frames, 4, side, side], 1),
        numbers([77, contextWidthOf(componentTensors(file, 'unet'))!], 2),
      ];
      const contexts = [context, context.map((value) => -value)].map((each) => [each, each]);
      const noise = await unet.predict({
        samples: [sample],
        frames,
        height: side,
        width: side,
        timesteps: [500],
        contexts,
        tokens: 77,
      });
      const pixels = await vae.decode(sample.subarray(0, sample.length / frames), 1, side, side);
      results.push([...noise, pixels]);
      await Promise.all([unet.release(), vae.release()]);
    }
    for (const result of results) expect(result.map((data, i) => distance(data, results[0]![i]!))).toEqual([0, 0, 0]);
  });
});
