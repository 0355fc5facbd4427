import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { BoundedCache } from '../../../engine/bounded-cache.ts';
import { Checkpoint } from '../../../engine/checkpoint/checkpoint.ts';
import { toRgb } from '../../../engine/media/pixels.ts';
import { VAE_FACTOR } from '../../../engine/models/vae/vae-factor.ts';
import { RenderPictures } from '../../../engine/pictures/render-pictures.ts';
import { decodeLatents } from '../../../engine/pipelines/decode.ts';
import { ProgressReporter } from '../../../engine/progress.ts';
import { numbers } from '../graph/tensors.ts';
import { frameOf, smallPlan } from './plans.ts';

it('keeps a bounded number of bytes of a long clip, and reads the other frames from the checkpoint', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'travel-decode-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const small = await smallPlan();
  const count = 12;
  const mostBytes = 5 * 3 * 64 * 64;
  const plan = { ...small, width: 64, height: 64, frames: Array.from({ length: count }, (_, i) => frameOf(i)) };
  const output = { ...plan.output, order: plan.frames.map((_, i) => i) };
  const area = plan.width * plan.height;
  let decodes = 0;
  const vae = {
    allow: async () => undefined,
    decode: async () => new Float32Array(3 * area).fill(decodes++ / 100),
  };
  const context = {
    files: { check: async () => undefined },
    checkpoint: new Checkpoint({ folder, plan, warn: () => undefined }),
    progress: new ProgressReporter(() => undefined),
    pictures: new RenderPictures(() => undefined),
    signal: new AbortController().signal,
  } as unknown as Parameters<typeof decodeLatents>[3];
  const latents = new Float32Array((count * 4 * area) / 64);
  const set = vi.spyOn(BoundedCache.prototype, 'set');
  const frames = await decodeLatents({ ...plan, output }, vae, latents, context, undefined, mostBytes);
  const level = async (index: number) => (await frames.rgb(index))[0];
  const levels: (number | undefined)[] = [];
  for (let i = 0; i < count; i++) levels.push(await level(i));
  expect(levels).toEqual(levels.map((_, i) => toRgb(new Float32Array(3).fill(i / 100))[0]));
  expect(decodes).toBe(count);
  const held = set.mock.contexts.map((cache) => (cache as BoundedCache<number, Uint8Array>).bytes);
  expect(Math.max(...held)).toBe(mostBytes);
  // Another render of the same plan has ended, and removed what was saved.
  await context.checkpoint.remove();
  expect(await level(0)).toBe(toRgb(new Float32Array(3).fill(count / 100))[0]);
});

it('decodes frames in tiles, and does not mix them with saved ones that were decoded whole', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'travel-decode-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const plan = { ...(await smallPlan()), width: 48, height: 32 };
  const latents = numbers([2, 4, 4, 6], 1);
  const sizes: string[] = [];
  let gray = 0;
  const vae = {
    allow: async () => undefined,
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
    const frames = await decodeLatents(plan, vae, latents, context, { tile, decodes: 1 });
    return [(await frames.rgb(0))[0], (await frames.rgb(1)).at(-1), sizes.join(' ')];
  };
  expect(await grayOf(null)).toEqual([127, 127, '6×4 6×4']);
  gray = 1;
  expect(await grayOf(null)).toEqual([127, 127, '']);
  expect(await grayOf(32)).toEqual([255, 255, '4×4 4×4 4×4 4×4']);
  gray = 0;
  expect(await grayOf(32)).toEqual([255, 255, '']);
});
