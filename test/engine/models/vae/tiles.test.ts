import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeInTiles, encodeInTiles, tilesAlong } from '../../../../engine/models/vae/tiles.ts';
import { Vae } from '../../../../engine/models/vae/vae.ts';
import { VAE_FACTOR } from '../../../../engine/models/vae/vae-factor.ts';
import { cpu } from '../../../../engine/onnx/session.ts';
import { openWeights } from '../../../../weights/open.ts';
import { POCKET } from '../../../golden/models.ts';
import { numbers } from '../../graph/tensors.ts';

const vae = new Vae(await openWeights(POCKET), cpu());
afterAll(() => vae.release());

describe('tilesAlong', () => {
  it('covers an axis with tiles of one size that share at least a quarter with their neighbors', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 4, max: 64 }), (length, side) => {
        const tiles = tilesAlong(length, side);
        expect(tiles[0]).toMatchObject({ start: 0, before: 0 });
        expect(tiles.at(-1)!.start + tiles.at(-1)!.length).toBe(length);
        expect(tiles.at(-1)!.after).toBe(0);
        for (let i = 1; i < tiles.length; i++) {
          const [before, tile] = [tiles[i - 1]!, tiles[i]!];
          const shared = before.start + before.length - tile.start;
          expect([tile.length, tile.before, before.after]).toEqual([side, shared, shared]);
          expect(shared).toBeGreaterThanOrEqual(Math.floor(side / 4));
        }
      }),
    );
  });
});

describe('encodeInTiles', () => {
  it('gives back what each tile encodes exactly', async () => {
    const [height, width] = [11, 7];
    const values = numbers([4, height, width], 1);
    const area = VAE_FACTOR ** 2 * height * width;
    // Each pixel has a value of the latent that it belongs to, in its channel of the first three.
    const pixels = Float32Array.from({ length: 3 * area }, (_, i) => {
      const [x, y] = [i % (width * VAE_FACTOR), Math.floor(i / (width * VAE_FACTOR)) % (height * VAE_FACTOR)];
      return values[(Math.floor(i / area) * height + Math.floor(y / VAE_FACTOR)) * width + Math.floor(x / VAE_FACTOR)]!;
    });
    const shrink = async (part: Float32Array, h: number, w: number) =>
      Float32Array.from({ length: 4 * h * w }, (_, i) => {
        const [x, y, channel] = [i % w, Math.floor(i / w) % h, Math.floor(i / (h * w)) % 3];
        return part[(channel * h * VAE_FACTOR + y * VAE_FACTOR) * w * VAE_FACTOR + x * VAE_FACTOR]!;
      });
    const whole = await shrink(pixels, height, width);
    const tiled = await encodeInTiles(pixels, { height, width, side: 4 }, shrink);
    expect(tiled).toHaveLength(whole.length);
    for (const [i, value] of tiled.entries()) expect(value).toBeCloseTo(whole[i]!, 5);
  });

  it('gives latents near those of the whole image with a real VAE', async () => {
    const [height, width] = [32, 52];
    const pixels = await vae.decode(await latentsOfPicture(height, width), 1, height, width);
    const meanOf = async (part: Float32Array, h: number, w: number) =>
      (await vae.encode(part, 1, h * VAE_FACTOR, w * VAE_FACTOR)).mean;
    const whole = await meanOf(pixels, height, width);
    const tiled = await encodeInTiles(pixels, { height, width, side: 32 }, meanOf);
    const size = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
    const relative = size(tiled.map((value, i) => value - whole[i]!)) / size(whole);
    expect(relative).toBeLessThan(0.1);
  });
});

describe('decodeInTiles', () => {
  it('gives back an image that each tile decodes exactly', async () => {
    const [height, width] = [11, 7];
    const latents = numbers([3, height, width], 1);
    // Each latent becomes a square of its value.
    const enlarge = async (part: Float32Array, h: number, w: number) =>
      Float32Array.from({ length: 3 * h * w * VAE_FACTOR ** 2 }, (_, i) => {
        const [x, y] = [i % (w * VAE_FACTOR), Math.floor(i / (w * VAE_FACTOR)) % (h * VAE_FACTOR)];
        const channel = Math.floor(i / (h * w * VAE_FACTOR ** 2));
        return part[(channel * h + Math.floor(y / VAE_FACTOR)) * w + Math.floor(x / VAE_FACTOR)]!;
      });
    const whole = await enlarge(latents, height, width);
    const tiled = await decodeInTiles(latents, { height, width, side: 4 }, enlarge);
    expect(tiled).toHaveLength(whole.length);
    for (const [i, value] of tiled.entries()) expect(value).toBeCloseTo(whole[i]!, 5);
  });

  it('has no visible seam with a real VAE, and differs little from the whole image', async () => {
    const [height, width, side] = [32, 52, 32];
    const latents = await latentsOfPicture(height, width);
    const whole = toBytes(await vae.decode(latents, 1, height, width));
    const tiled = toBytes(
      await decodeInTiles(latents, { height, width, side }, (part, h, w) => vae.decode(part, 1, h, w)),
    );
    const differences = tiled.map((value, i) => value - whole[i]!);
    const sizes = differences.map(Math.abs).sort();
    const mean = sizes.reduce((sum, difference) => sum + difference, 0) / sizes.length;
    const p99 = sizes[Math.floor(0.99 * sizes.length)]!;
    expect(mean).toBeLessThan(2);
    expect(p99).toBeLessThan(8);
    // Without blending, the steps at the edges of the tiles are 1.3 and 5.5.
    const steps = columnSteps(differences, width * VAE_FACTOR);
    for (const edge of [160, 256]) {
      for (const step of steps.slice(edge - 16, edge + 16)) expect(step).toBeLessThan(0.25);
    }
  });
});

/** Latents of a picture with smooth areas, where a seam would be seen, and with edges. */
async function latentsOfPicture(height: number, width: number): Promise<Float32Array> {
  const [h, w] = [height * VAE_FACTOR, width * VAE_FACTOR];
  const pixels = Float32Array.from({ length: 3 * h * w }, (_, i) => {
    const [x, y, channel] = [(i % w) / w, (Math.floor(i / w) % h) / h, Math.floor(i / (h * w))];
    const inDisc = (x - 0.6) ** 2 + (y - 0.4) ** 2 < 0.04;
    return inDisc ? 0.8 - 0.5 * channel : 0.7 * Math.sin(3 * x + channel) * Math.cos(2 * y);
  });
  const { mean } = await vae.encode(pixels, 1, h, w);
  return mean.map((value) => value * vae.scalingFactor);
}

const toBytes = (pixels: Float32Array) => pixels.map((value) => Math.min(255, Math.max(0, (value + 1) * 127.5)));

/** How much the mean of a column differs from that of the next one, in 8-bit levels: a seam is a large step. */
function columnSteps(image: Float32Array, width: number): number[] {
  const rows = image.length / width;
  const means = Array.from({ length: width }, (_, x) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += image[row * width + x]!;
    return sum / rows;
  });
  return means.slice(1).map((mean, x) => Math.abs(mean - means[x]!));
}
