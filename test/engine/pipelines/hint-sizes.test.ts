import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { ModelFiles } from '../../../engine/models/model-files.ts';
import { HintMaker, identifyPictures } from '../../../engine/pipelines/hint-maker.ts';
import type { HintUnit } from '../../../plan/clip-inputs.ts';
import { fileRef } from './plans.ts';

const folder = mkdtempSync(join(tmpdir(), 'hint-sizes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const UNITS: readonly HintUnit[] = [
  { name: 'pose', preprocessor: 'none', resize: 'crop' },
  { name: 'canny', preprocessor: 'invert', resize: 'fill' },
];

/** The warnings of two units that take the same images of these sizes. */
async function warningsOf(...sizes: readonly (readonly [number, number])[]): Promise<string[]> {
  const pictures = await Promise.all(
    sizes.map(async ([width, height], i) => {
      const path = join(folder, `${sizes.length}-${i}.png`);
      await sharp({ create: { width, height, channels: 3, background: 'black' } })
        .png()
        .toFile(path);
      return { file: await fileRef(path) };
    }),
  );
  const warnings: string[] = [];
  const context = {
    warn: (line: string) => void warnings.push(line),
    info: () => undefined,
    files: new ModelFiles(),
    signal: new AbortController().signal,
    cacheFolder: join(folder, 'cache'),
  };
  const inputs = { pictures, seed: 1, width: 16, height: 16 };
  const maker = new HintMaker(inputs, context, await identifyPictures(pictures, context));
  for (const unit of UNITS) {
    for await (const { hint } of maker.hints(unit, new Set(pictures.keys()))) {
      expect([hint.width, hint.height]).toEqual([16, 16]);
    }
  }
  return warnings;
}

describe('images of a folder that guide units', () => {
  it('are warned of once if they differ in size', async () => {
    expect(await warningsOf([24, 16], [24, 16], [16, 24], [32, 32])).toEqual([
      '“4-2.png” is 16×24, but the images before it are 24×16. Each is fitted to the clip, so the picture jumps.',
    ]);
  });

  it('are not warned of if they have one size, or are two', async () => {
    expect(await warningsOf([24, 16], [24, 16], [24, 16])).toEqual([]);
    expect(await warningsOf([24, 16], [16, 24])).toEqual([]);
  });
});
