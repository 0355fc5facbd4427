import { fromBinary } from '@bufbuild/protobuf';
import { afterEach, describe, expect, it } from 'vitest';
import type { Value } from '../../../../engine/graph/builder.ts';
import { ModelProtoSchema } from '../../../../engine/graph/generated/onnx_pb.js';
import type { Layers } from '../../../../engine/graph/layers.ts';
import { filterSkip, freeUStage, scaleBackbone } from '../../../../engine/models/unet/free-u.ts';
import { unetGraph } from '../../../../engine/models/unet/graph.ts';
import { UNet } from '../../../../engine/models/unet/unet.ts';
import type { UNetInput } from '../../../../engine/models/unet/unet-input.ts';
import { cpu } from '../../../../engine/onnx/session.ts';
import { componentConfig } from '../../../../weights/component-config.ts';
import { componentTensors } from '../../../../weights/components.ts';
import { openWeights } from '../../../../weights/open.ts';
import { NANO, POCKET } from '../../../golden/models.ts';
import { distance, numbers, run } from '../../graph/tensors.ts';

/** The layer of two samples of three channels, and its input. */
async function applied(height: number, width: number, layer: (layers: Layers, x: Value) => Value, threads?: number) {
  const dims = [2, 3, height, width];
  const data = numbers(dims, 1);
  const options = { feeds: { x: { data, dims } }, openBatch: true, ...(threads !== undefined && { threads }) };
  const { data: y } = await run((layers) => layer(layers, layers.graph.input('x', dims)), options);
  return { x: data, y };
}

/** `fourier_filter` by its definition: a discrete Fourier transform, a mask in the centered spectrum, and back. */
function filtered(x: Float32Array, [height, width]: readonly [number, number], factor: number): Float32Array {
  const inMask = (frequency: number, size: number) => {
    const center = Math.floor(size / 2);
    const place = (frequency + center) % size;
    return place >= center - 1 && place < center + 1;
  };
  const out = new Float32Array(x.length);
  const area = height * width;
  for (let image = 0; image < x.length; image += area) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const frequency = { real: 0, imaginary: 0 };
        for (let pixel = 0; pixel < area; pixel++) {
          const [py, px] = [Math.floor(pixel / width), pixel % width];
          const angle = -2 * Math.PI * ((row * py) / height + (column * px) / width);
          frequency.real += x[image + pixel]! * Math.cos(angle);
          frequency.imaginary += x[image + pixel]! * Math.sin(angle);
        }
        const scale = (inMask(row, height) && inMask(column, width) ? factor : 1) / area;
        for (let pixel = 0; pixel < area; pixel++) {
          const [py, px] = [Math.floor(pixel / width), pixel % width];
          const angle = 2 * Math.PI * ((row * py) / height + (column * px) / width);
          const real = frequency.real * Math.cos(angle) - frequency.imaginary * Math.sin(angle);
          out[image + pixel]! += scale * real;
        }
      }
    }
  }
  return out;
}

describe('filterSkip', () => {
  it.each([
    [8, 8],
    [4, 6],
    [3, 5],
    [5, 2],
    [1, 4],
    [1, 1],
  ])('scales the lowest frequencies of %i×%i as the Fourier transform does', async (height, width) => {
    for (const factor of [0.2, 1.5]) {
      const { x, y } = await applied(height, width, (layers, value) => filterSkip(layers, value, factor));
      expect(distance(y, filtered(x, [height, width], factor))).toBeLessThan(1e-5);
      expect(distance(y, x)).toBeGreaterThan(1e-3);
    }
  });

  it('gives the numbers of diffusers’ fourier_filter', async () => {
    const { y } = await applied(3, 5, (layers, x) => filterSkip(layers, x, 0.2));
    // fourier_filter(x, threshold=1, scale=0.2), computed with NumPy's FFT.
    const expected = [0.83777, -0.483071, -0.066396, 0.599727, -0.891835, -0.115024, -0.428534, 0.844254];
    for (const [i, value] of expected.entries()) expect(y[i]).toBeCloseTo(value, 5);
  });

  it('computes the same with any number of threads', async () => {
    const filter = (layers: Layers, x: Value) => filterSkip(layers, x, 0.2);
    const one = await applied(24, 24, filter, 1);
    for (const threads of [2, 5]) expect((await applied(24, 24, filter, threads)).y).toEqual(one.y);
  });
});

it('scaleBackbone multiplies the first half of the channels', async () => {
  const { x, y } = await applied(2, 2, (layers, value) => scaleBackbone(layers, value, 1.5));
  expect(y).toEqual(x.map((value, i) => (i % 12 < 4 ? 1.5 * value : value)));
});

it('freeUStage takes the stages of features with 1280 and 640 channels of SD 1.5', () => {
  const factors = { b1: 1, b2: 2, s1: 3, s2: 4 };
  const [first, second] = [
    { backbone: 1, skip: 3 },
    { backbone: 2, skip: 4 },
  ];
  expect([3, 2, 1, 0].map((level) => freeUStage(factors, level))).toEqual([first, first, second, null]);
});

describe('a UNet with FreeU', () => {
  const FREE_U = { b1: 3, b2: 5, s1: 0.9, s2: 0.2 };
  const open: UNet[] = [];
  afterEach(async () => {
    for (const unet of open.splice(0)) await unet.release();
  });
  const frames = 2;
  const side = 8;
  const input: UNetInput = {
    samples: [numbers([frames, 4, side, side], 1)],
    frames,
    height: side,
    width: side,
    timesteps: [500],
    contexts: [[numbers([77, 64], 1), numbers([77, 64], 2)]],
    tokens: 77,
  };
  const unetOf = async (threads = 1) => {
    const unet = new UNet(await openWeights(NANO), { runtime: cpu(threads) });
    open.push(unet);
    return unet;
  };

  it('scales what seven decoder layers get from 1280 channels, and three from 640', async () => {
    const file = await openWeights(POCKET);
    const { bytes } = unetGraph(componentTensors(file, 'unet'), {
      shape: { clips: 1, frames: 1, height: 16, width: 16, tokens: 77 },
      config: componentConfig(file).unet,
      freeU: FREE_U,
      patches: () => new Map(),
      motion: null,
    });
    const { initializer, node } = fromBinary(ModelProtoSchema, bytes).graph!;
    const factors = new Map(
      initializer
        .filter(({ dims, rawData }) => dims.length === 3 && dims[1] === 1n && dims[2] === 1n && rawData.length > 0)
        .map(({ name, rawData }) => [name, new Float32Array(rawData.slice().buffer)[0]!]),
    );
    const used = node.flatMap(({ opType, input }) => (opType === 'Mul' ? (factors.get(input[1]!) ?? []) : []));
    expect(used.filter((factor) => factor === 3 || factor === 5)).toEqual([3, 3, 3, 3, 3, 3, 3, 5, 5, 5]);
  });

  it('predicts otherwise, with the same pixels for any number of threads', async () => {
    const [plain] = await (await unetOf()).predict(input);
    const [changed] = await (await unetOf()).predict({ ...input, freeU: FREE_U });
    expect(distance(plain!, changed!)).toBeGreaterThan(1e-3);
    expect((await (await unetOf(4)).predict({ ...input, freeU: FREE_U }))[0]).toEqual(changed);
  });

  it('is the same UNet with factors of 1, and does not keep the factors for the next call', async () => {
    const unet = await unetOf();
    const [plain] = await unet.predict(input);
    const [changed] = await unet.predict({ ...input, freeU: FREE_U });
    expect((await unet.predict({ ...input, freeU: { b1: 1, b2: 1, s1: 1, s2: 1 } }))[0]).toEqual(plain);
    expect((await unet.predict(input))[0]).toEqual(plain);
    expect(distance(plain!, changed!)).toBeGreaterThan(1e-3);
  });
});
