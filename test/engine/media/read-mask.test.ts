import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { readMask } from '../../../engine/media/read-mask.ts';
import { temporaryFolder } from './fixtures.ts';

const folder = temporaryFolder();

/** A PNG of columns with these values. */
async function written(name: string, channels: 1 | 3 | 4, columns: readonly (readonly number[])[], height = 8) {
  const path = join(folder, name);
  const data = Uint8Array.from(Array.from({ length: height }, () => columns.flat()).flat());
  await sharp(data, { raw: { width: columns.length, height, channels } })
    .png()
    .toFile(path);
  return path;
}

const repeated = <T>(count: number, value: T): T[] => Array<T>(count).fill(value);
const row = (mask: Uint8Array, width: number) => [...mask.subarray(3 * width, 4 * width)];

/**
 * A step from 0 to 255 behind the 32nd column, blurred with OpenCV's kernel of 21 weights for a sigma of 4, which are
 * 256ths: the sums of the last 1, 2, … of them.
 */
function blurredStep(): number[] {
  const exact = Array.from({ length: 21 }, (_, i) => Math.exp(-((i - 10) ** 2) / 32));
  const sum = exact.reduce((a, b) => a + b);
  const weights: number[] = [];
  let error = 0;
  for (let i = 0; i < 10; i++) {
    const value = (exact[i]! / sum) * 256 + error;
    weights[i] = Math.round(value);
    error = value - weights[i]!;
  }
  const side = weights.reduce((a, b) => a + b);
  const all = [...weights, 256 - 2 * side, ...weights.toReversed()];
  return Array.from({ length: 64 }, (_, x) => {
    const white = all.filter((_, tap) => x + tap - 10 >= 32).reduce((a, b) => a + b, 0);
    return Math.trunc((white * 255 + 128) / 256);
  });
}

describe('readMask', () => {
  it('blurs the edge by 4 pixels, as A1111', async () => {
    const path = await written('step.png', 1, [...repeated(32, [0]), ...repeated(32, [255])]);
    const values = row(await readMask(path, 64, 8), 64);
    expect(values).toEqual(blurredStep());
    expect(values.slice(0, 22)).toEqual(repeated(22, 0));
    expect(values.slice(42)).toEqual(repeated(22, 255));
    // The middle of the kernel is on the white side.
    expect([values[31]! < 128, values[32]! >= 128]).toEqual([true, true]);
  });

  it('takes the brightness of colors, and what is opaque of an image with transparency', async () => {
    const green = await written('green.png', 3, repeated(32, [0, 200, 0]));
    expect(row(await readMask(green, 32, 8), 32)).toEqual(repeated(32, (38470 * 200 + 32768) >> 16));
    const half = [...repeated(32, [255, 255, 255, 128]), ...repeated(32, [0, 0, 0, 129])];
    const clear = await written('clear.png', 4, half);
    expect(row(await readMask(clear, 64, 8), 64)).toEqual(blurredStep());
    const opaque = await written('opaque.png', 4, repeated(32, [255, 255, 255, 255]));
    expect(row(await readMask(opaque, 32, 8), 32)).toEqual(repeated(32, 255));
  });

  it('stretches the mask to the frame after the blur', async () => {
    const path = await written('small.png', 1, [...repeated(32, [0]), ...repeated(32, [255])]);
    const values = row(await readMask(path, 128, 16), 128);
    expect(values).toHaveLength(128);
    expect([values[40], values[88]]).toEqual([0, 255]);
    // Twice as wide as the blur of a mask of this size.
    expect(values.filter((value) => value > 0 && value < 255).length).toBeGreaterThan(30);
  });

  it('refuses a mask whose header claims more pixels than are read', async () => {
    const path = await written('huge.png', 1, [[0]]);
    const bytes = readFileSync(path);
    bytes.writeUInt32BE(40_000, 16);
    bytes.writeUInt32BE(40_000, 20);
    bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
    writeFileSync(path, bytes);
    await expect(readMask(path, 8, 8)).rejects.toThrow(/“huge.png” claims 40000×40000, which is larger than/);
  });

  it('reports a file that is not an image', async () => {
    const path = join(folder, 'notes.png');
    writeFileSync(path, 'notes');
    await expect(readMask(path, 8, 8)).rejects.toMatchObject({
      name: 'RenderError',
      kind: 'unsupported',
      message: expect.stringContaining(`The mask ${path} cannot be read`),
    });
  });
});
