import { describe, expect, it } from 'vitest';
import { Vae } from '../../../../engine/models/vae/vae.ts';
import { cpu } from '../../../../engine/onnx/session.ts';
import { describeModel } from '../../../../weights/describe.ts';
import { describeText } from '../../../../weights/describe-text.ts';
import { openWeights } from '../../../../weights/open.ts';
import type { RawTensor } from '../../../golden/write.ts';
import { fileOf } from '../../../weights/files.ts';
import { fileBytes, renamed } from '../../../weights/layouts/raw.ts';
import { distance, numbers } from '../../graph/tensors.ts';
import { DECODER, ENCODER, rawOf, type Weights, weightsOf } from './taesd-weights.ts';

interface Image {
  readonly size: number;
  /** `[channels, size, size]` */
  readonly values: readonly Float64Array[];
}

const map = (image: Image, change: (value: number) => number): Image => ({
  ...image,
  values: image.values.map((channel) => channel.map(change)),
});

/** Layers of TAESD in float64. */
function layersOf(weights: Weights) {
  const relu = (image: Image) => map(image, (value) => Math.max(0, value));
  const conv = ({ size, values }: Image, name: string, stride = 1): Image => {
    const { shape, values: kernel } = weights.get(`${name}.weight`)!;
    const bias = weights.get(`${name}.bias`)?.values;
    const [outputs, inputs] = shape as [number, number];
    const at = (channel: number, y: number, x: number) =>
      y < 0 || x < 0 || y >= size || x >= size ? 0 : values[channel]![y * size + x]!;
    const side = size / stride;
    const out = Array.from({ length: outputs }, (_, o) =>
      Float64Array.from({ length: side * side }, (__, position) => {
        const [top, left] = [Math.floor(position / side) * stride, (position % side) * stride];
        let sum = bias?.[o] ?? 0;
        for (let i = 0; i < inputs; i++) {
          for (let k = 0; k < 9; k++) {
            sum += kernel[(o * inputs + i) * 9 + k]! * at(i, top + Math.floor(k / 3) - 1, left + (k % 3) - 1);
          }
        }
        return sum;
      }),
    );
    return { size: side, values: out };
  };
  const block = (image: Image, name: number): Image => {
    const inner = conv(relu(conv(relu(conv(image, `${name}.conv.0`)), `${name}.conv.2`)), `${name}.conv.4`);
    return relu({
      size: image.size,
      values: inner.values.map((channel, c) => channel.map((value, i) => value + image.values[c]![i]!)),
    });
  };
  return { relu, conv, block };
}

/** What the decoder computes. */
function decoded(weights: Weights, latents: Image): Image {
  const { relu, conv, block } = layersOf(weights);
  const doubled = ({ size, values }: Image): Image => ({
    size: 2 * size,
    values: values.map((channel) =>
      Float64Array.from({ length: 4 * size * size }, (_, i) => {
        const [y, x] = [Math.floor(i / (2 * size)), i % (2 * size)];
        return channel[Math.floor(y / 2) * size + Math.floor(x / 2)]!;
      }),
    ),
  });
  let x = relu(
    conv(
      map(latents, (value) => Math.tanh(value / 3) * 3),
      '1',
    ),
  );
  for (const first of [3, 8, 13]) {
    for (const name of [first, first + 1, first + 2]) x = block(x, name);
    x = conv(doubled(x), String(first + 4));
  }
  return map(conv(block(x, 18), '19'), (value) => 2 * value - 1);
}

/** What the encoder computes. */
function encoded(weights: Weights, pixels: Image): Image {
  const { conv, block } = layersOf(weights);
  let x = conv(
    map(pixels, (value) => value * 0.5 + 0.5),
    '0',
  );
  x = block(x, 1);
  for (const halving of [2, 6, 10]) {
    x = conv(x, String(halving), 2);
    for (const name of [halving + 1, halving + 2, halving + 3]) x = block(x, name);
  }
  return conv(x, '14');
}

const [decoder, encoder] = [weightsOf(DECODER), weightsOf(ENCODER)];
const [rawDecoder, rawEncoder] = [rawOf(decoder), rawOf(encoder)];

const open = (tensors: ReadonlyMap<string, RawTensor>) => openWeights(fileOf(fileBytes(tensors)));
const imageOf = (values: Float32Array, size: number): Image => {
  const channels = values.length / size ** 2;
  const channel = (c: number) => Float64Array.from(values.slice(c * size ** 2, (c + 1) * size ** 2));
  return { size, values: Array.from({ length: channels }, (_, c) => channel(c)) };
};
const flat = ({ values }: Image) => Float32Array.from(values.flatMap((channel) => [...channel]));
const largest = (values: Float32Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

async function expectDecoder(vae: Vae) {
  const latents = numbers([1, 4, 2, 2], 9).map((value) => value * 4);
  const pixels = await vae.decode(latents, 1, 2, 2);
  const expected = flat(decoded(decoder, imageOf(latents, 2)));
  expect(pixels).toHaveLength(3 * 16 * 16);
  expect(distance(pixels, expected) / largest(expected)).toBeLessThan(1e-5);
}

async function expectEncoder(vae: Vae) {
  const pixels = numbers([1, 3, 16, 16], 4);
  const { mean, logVariance } = await vae.encode(pixels, 1, 16, 16);
  const latents = mean.map((value) => value * vae.scalingFactor);
  const expected = flat(encoded(encoder, imageOf(pixels, 16)));
  expect(latents).toHaveLength(4 * 2 * 2);
  expect(distance(latents, expected) / largest(expected)).toBeLessThan(1e-5);
  expect(logVariance).toEqual(new Float32Array(16).fill(-30));
}

const diffusers = (name: string) => name.replace(/^\d+/, (number) => `decoder.layers.${Number(number) - 1}`);

describe('TAESD', () => {
  it.each<[string, (name: string) => string]>([
    ['its own file', (name) => name],
    ['a prefix', (name) => `decoder.${name}`],
    ["ComfyUI's", (name) => `taesd_decoder.${name}`],
    ["diffusers' AutoencoderTiny", diffusers],
  ])('decodes latents as scaled for the UNet: %s', async (_, rename) => {
    const file = await open(renamed(rawDecoder, rename));
    expect(describeText(describeModel(file))).toBe('Small VAE (TAESD), decoder only');
    const vae = new Vae(file, cpu());
    await expectDecoder(vae);
    await expect(vae.encode(new Float32Array(3 * 64), 1, 8, 8)).rejects.toThrow(/is the decoder of TAESD/);
    await vae.release();
  });

  it.each<[string, (name: string) => string]>([
    ['its own file', (name) => name],
    ["ComfyUI's", (name) => `taesd_encoder.${name}`],
  ])('encodes images to latents as scaled for the UNet: %s', async (_, rename) => {
    const file = await open(renamed(rawEncoder, rename));
    expect(describeText(describeModel(file))).toBe('Small VAE (TAESD), encoder only');
    const vae = new Vae(file, cpu());
    await expectEncoder(vae);
    await expect(vae.decode(new Float32Array(16), 1, 2, 2)).rejects.toThrow(/is the encoder of TAESD/);
    await vae.release();
  });

  it.each<[string, (name: string) => string, (name: string) => string]>([
    ["diffusers' AutoencoderTiny", diffusers, (name) => `encoder.layers.${name}`],
    ["ComfyUI's", (name) => `taesd_decoder.${name}`, (name) => `taesd_encoder.${name}`],
  ])('does both: %s', async (_, ofDecoder, ofEncoder) => {
    const file = await open(new Map([...renamed(rawDecoder, ofDecoder), ...renamed(rawEncoder, ofEncoder)]));
    expect(describeText(describeModel(file))).toBe('Small VAE (TAESD)');
    const vae = new Vae(file, cpu());
    await expectDecoder(vae);
    await expectEncoder(vae);
    await vae.release();
  });

  it.each([
    ['decoder', rawDecoder, '1.weight', [1, 16, 3, 3]],
    ['encoder', rawEncoder, '14.weight', [16, 1, 3, 3]],
  ] as const)('is not supported with 16 channels, which other families have: %s', async (_, raw, name, shape) => {
    const wide = new Map(raw).set(name, { dtype: 'F32', shape, bytes: new Uint8Array(16 * 9 * 4) });
    expect(describeModel(await open(wide))).toMatchObject({
      kind: 'unsupported',
      what: expect.stringContaining('TAESD'),
    });
  });
});
