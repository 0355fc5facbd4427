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

const WIDTH = 4;
type Weights = Map<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;

/** A decoder with the layers of `Decoder` in taesd.py, narrower. */
function decoder(): Weights {
  const weights: Weights = new Map();
  const add = (name: string, ...shape: number[]) => {
    const values = numbers(shape, weights.size + 1).map((value) => value * 0.4);
    weights.set(name, { shape, values });
  };
  const conv = (name: string, from: number, to: number, hasBias: boolean) => {
    add(`${name}.weight`, to, from, 3, 3);
    if (hasBias) add(`${name}.bias`, to);
  };
  conv('1', 4, WIDTH, true);
  for (const block of [3, 4, 5, 8, 9, 10, 13, 14, 15, 18]) {
    for (const layer of [0, 2, 4]) conv(`${block}.conv.${layer}`, WIDTH, WIDTH, true);
  }
  for (const layer of [7, 12, 17]) conv(String(layer), WIDTH, WIDTH, false);
  conv('19', WIDTH, 3, true);
  return weights;
}

interface Image {
  readonly size: number;
  /** `[channels, size, size]` */
  readonly values: readonly Float64Array[];
}

/** What the decoder computes, layer by layer, in float64. */
function decoded(weights: Weights, latents: Image): Image {
  const map = (image: Image, change: (value: number) => number): Image => ({
    ...image,
    values: image.values.map((channel) => channel.map(change)),
  });
  const relu = (image: Image) => map(image, (value) => Math.max(0, value));
  const conv = ({ size, values }: Image, name: string): Image => {
    const { shape, values: kernel } = weights.get(`${name}.weight`)!;
    const bias = weights.get(`${name}.bias`)?.values;
    const [outputs, inputs] = shape as [number, number];
    const at = (channel: number, y: number, x: number) =>
      y < 0 || x < 0 || y >= size || x >= size ? 0 : values[channel]![y * size + x]!;
    const out = Array.from({ length: outputs }, (_, o) =>
      Float64Array.from({ length: size * size }, (__, position) => {
        let sum = bias?.[o] ?? 0;
        for (let i = 0; i < inputs; i++) {
          for (let k = 0; k < 9; k++) {
            const [y, x] = [Math.floor(position / size) + Math.floor(k / 3) - 1, (position % size) + (k % 3) - 1];
            sum += kernel[(o * inputs + i) * 9 + k]! * at(i, y, x);
          }
        }
        return sum;
      }),
    );
    return { size, values: out };
  };
  const block = (image: Image, name: number): Image => {
    const inner = conv(relu(conv(relu(conv(image, `${name}.conv.0`)), `${name}.conv.2`)), `${name}.conv.4`);
    return relu({
      size: image.size,
      values: inner.values.map((channel, c) => channel.map((value, i) => value + image.values[c]![i]!)),
    });
  };
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

const weights = decoder();
const raw = new Map(
  [...weights].map(([name, { shape, values }]): [string, RawTensor] => [
    name,
    { dtype: 'F32', shape, bytes: new Uint8Array(Float32Array.from(values).buffer) },
  ]),
);

describe('TAESD', () => {
  it.each<[string, (name: string) => string]>([
    ['its own file', (name) => name],
    ['a file with its encoder', (name) => `decoder.${name}`],
    ["ComfyUI's", (name) => `taesd_decoder.${name}`],
    ["diffusers' AutoencoderTiny", (name) => name.replace(/^\d+/, (number) => `decoder.layers.${Number(number) - 1}`)],
  ])('decodes latents as scaled for the UNet: %s', async (_, rename) => {
    const file = await openWeights(fileOf(fileBytes(renamed(raw, rename))));
    expect(describeText(describeModel(file))).toBe('Small VAE (TAESD)');
    const vae = new Vae(file, cpu('lean'));
    const latents = numbers([1, 4, 2, 2], 9).map((value) => value * 4);
    const pixels = await vae.decode(latents, 1, 2, 2);
    const channels = Array.from({ length: 4 }, (__, c) => Float64Array.from(latents.slice(c * 4, (c + 1) * 4)));
    const expected = Float32Array.from(decoded(weights, { size: 2, values: channels }).values.flatMap((c) => [...c]));
    expect(pixels).toHaveLength(3 * 16 * 16);
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(distance(pixels, expected) / largest).toBeLessThan(1e-5);
    await expect(vae.encode(new Float32Array(3 * 64), 1, 8, 8)).rejects.toThrow(/only decodes/);
    await vae.release();
  });

  it('is not supported with 16 channels, which other families have', async () => {
    const wide = new Map(raw).set('1.weight', {
      dtype: 'F32',
      shape: [1, 16, 3, 3],
      bytes: new Uint8Array(16 * 9 * 4),
    });
    expect(describeModel(await openWeights(fileOf(fileBytes(wide))))).toMatchObject({
      kind: 'unsupported',
      what: expect.stringContaining('TAESD'),
    });
  });
});
