import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Checkpoint } from '../../../engine/checkpoint/checkpoint.ts';
import { VAE_FACTOR } from '../../../engine/models/vae/vae-factor.ts';
import { RenderPictures } from '../../../engine/pictures/render-pictures.ts';
import { decodeLatents } from '../../../engine/pipelines/decode.ts';
import { ProgressReporter } from '../../../engine/progress.ts';
import { numbers } from '../graph/tensors.ts';
import { smallPlan } from './plans.ts';

it('decodes frames in tiles, and does not mix them with saved ones that were decoded whole', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'travel-decode-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const plan = { ...(await smallPlan()), width: 48, height: 32 };
  const latents = numbers([2, 4, 4, 6], 1);
  const sizes: string[] = [];
  let gray = 0;
  const vae = {
    decodesSmall: () => false,
    async decode(_: Float32Array, count: number, height: number, width: number) {
      sizes.push(`${width}×${height}`);
      return new Float32Array(count * 3 * height * width * VAE_FACTOR ** 2).fill(gray);
    },
  };
  const context = {
    files: { check: async () => undefined },
    checkpoint: new Checkpoint({ folder, plan, warn: () => undefined }),
    progress: new ProgressReporter(() => undefined),
    pictures: new RenderPictures(() => undefined),
    signal: new AbortController().signal,
  } as unknown as Parameters<typeof decodeLatents>[3];
  const grayOf = async (tile: number | null) => {
    sizes.length = 0;
    const frames = await decodeLatents(plan, vae, latents, context, tile);
    return [frames.rgb(0)[0], frames.rgb(1).at(-1), sizes.join(' ')];
  };
  expect(await grayOf(null)).toEqual([127, 127, '6×4 6×4']);
  gray = 1;
  expect(await grayOf(null)).toEqual([127, 127, '']);
  expect(await grayOf(32)).toEqual([255, 255, '4×4 4×4 4×4 4×4']);
  gray = 0;
  expect(await grayOf(32)).toEqual([255, 255, '']);
});
