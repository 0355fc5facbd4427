import { describe, expect, it, onTestFinished } from 'vitest';
import { Film } from '../../../../engine/models/film/film.ts';
import { framesBetween } from '../../../../engine/models/film/gap.ts';
import { inBetweenOrder } from '../../../../engine/models/film/order.ts';
import { fromPadded, paddedSize, toPadded } from '../../../../engine/models/film/pictures.ts';
import { cpu } from '../../../../engine/onnx/session.ts';
import { openWeights } from '../../../../weights/open.ts';
import { BadModelError } from '../../../../weights/tensor.ts';
import { fileOf } from '../../../weights/files.ts';
import { FILM, FILM_LAYOUTS, picture, scriptArchive } from '../../../weights/film-files.ts';
import { fileBytes, filled, renamed, withTensors } from '../../../weights/layouts/raw.ts';

const SIZE = { height: 64, width: 72 };

async function film(bytes: Buffer, threads = 1): Promise<Film> {
  const opened = new Film(await openWeights(fileOf(bytes)), cpu(threads));
  onTestFinished(() => opened.release());
  return opened;
}

const [first, last] = [0, 4].map((shift) => {
  const rgb = picture(SIZE.height, SIZE.width, shift);
  const area = SIZE.height * SIZE.width;
  return Float32Array.from({ length: 3 * area }, (_, i) => rgb[(i % area) * 3 + Math.floor(i / area)]! / 255);
}) as [Float32Array, Float32Array];

describe('Film', () => {
  it('computes the same from each of the files that people have, with any number of threads', async () => {
    const files = [
      ...Object.values(FILM_LAYOUTS).map((rename) => fileBytes(renamed(FILM, rename))),
      scriptArchive(renamed(FILM, FILM_LAYOUTS['v1.0.0']!)),
    ];
    const results = [];
    for (const [i, bytes] of files.entries()) {
      results.push(await (await film(bytes, i + 1)).between(first, last, 0.5, SIZE));
    }
    for (const result of results.slice(1)) expect(result).toEqual(results[0]);
  });

  it('keeps its numbers', async () => {
    // Computed by this engine when it agreed with all reference cases of `film/`.
    const network = await film(fileBytes(FILM));
    const image = await network.between(first, last, 0.25, SIZE);
    const sample = [0, 1000, 4607, 5000, 9215, 9216, 12_000, 13_823].map((i) => image[i]!);
    const expected = [0.128, 0.1682, 0.0686, -0.1042, -0.0949, 0.0117, -0.0469, 0.1053];
    for (const [i, value] of expected.entries()) expect(sample[i]).toBeCloseTo(value, 3);
  });

  it('uses the time', async () => {
    const network = await film(fileBytes(FILM));
    const [early, late] = [
      await network.between(first, last, 0.2, SIZE),
      await network.between(first, last, 0.8, SIZE),
    ];
    expect(early).not.toEqual(late);
  });

  it('rejects a damaged file by its tensor', async () => {
    const shape = withTensors(FILM, { 'fuse.output_conv.weight': filled('F32', [4, 2, 1, 1]) });
    await expect(film(fileBytes(shape))).rejects.toThrow(BadModelError);
    const nan = withTensors(FILM, { 'fuse.output_conv.bias': filled('F32', [3], 0xff) });
    await expect((await film(fileBytes(nan))).checkWeights()).rejects.toThrow(
      /"fuse.output_conv.bias" contains values/,
    );
  });
});

describe('framesBetween', () => {
  it('gives each new frame its neighbors and its time, or the middle', async () => {
    const size = { height: 64, width: 64 };
    const [black, white] = [0, 255].map((value) => new Uint8Array(64 * 64 * 3).fill(value)) as [Uint8Array, Uint8Array];
    const linear = async (a: Float32Array, b: Float32Array, time: number) =>
      a.map((value, i) => value * (1 - time) + b[i]! * time);
    const means = (frames: readonly Uint8Array[]) => frames.map(([value]) => value);
    // 8 bits by truncation.
    expect(means(await framesBetween(black, white, 2, size, true, linear))).toEqual([85, 169]);
    expect(means(await framesBetween(black, white, 3, size, true, linear))).toEqual([63, 127, 191]);
    // The second of two is made first.
    expect(means(await framesBetween(black, white, 2, size, false, linear))).toEqual([63, 127]);
  });

  it('adds zeros around a picture, the odd one at the bottom and on the right, and takes them away', () => {
    const size = { height: 53, width: 71 };
    expect(paddedSize(size)).toEqual({ height: 64, width: 128 });
    const rgb = picture(53, 71, 0).map((value) => Math.max(1, value));
    const padded = toPadded(rgb, size);
    const red = (y: number, x: number) => padded[y * 128 + x]!;
    expect([red(4, 60), red(5, 60), red(57, 60), red(58, 60)].map((value) => value > 0)).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect([red(20, 27), red(20, 28), red(20, 98), red(20, 99)].map((value) => value > 0)).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(fromPadded(padded, size)).toEqual(rgb);
  });

  it('makes every frame of a gap once, each between two that exist', () => {
    for (const count of [1, 7, 10, 40, 100]) {
      const exists = new Set([0, count + 1]);
      for (const { left, right, made } of inBetweenOrder(count)) {
        expect(exists.has(left) && exists.has(right) && left < made && made < right && !exists.has(made)).toBe(true);
        exists.add(made);
      }
      expect(exists.size).toBe(count + 2);
    }
  });
});
