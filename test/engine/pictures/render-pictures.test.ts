import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ModelStore } from '../../../engine/models/store.ts';
import { SD1_RGB } from '../../../engine/models/vae/latent-rgb.ts';
import { RenderPictures } from '../../../engine/pictures/render-pictures.ts';
import type { RenderPicture } from '../../../protocol/engine.ts';
import { smallRenders } from '../checkpoint/small-renders.ts';
import { smallPlan } from '../pipelines/plans.ts';
import { watchedPictures } from './watched.ts';

let folder: string;
const store = new ModelStore();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'travel-pictures-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
afterAll(() => store.release());

describe('the pictures of a render', () => {
  it('show all frames after each step, then each frame, to whoever watches', async () => {
    const renders = smallRenders(folder, store);
    const { pictures, seen } = await watchedPictures();
    const plan = await renders.planOf('Euler', 'clip');
    await renders.render(plan, { pictures });
    const shown = seen.map((picture) => (picture.kind === 'latents' ? picture.step : `frame ${picture.frame}`));
    expect(shown.slice(0, 5)).toEqual([1, 2, 3, 4, 5]);
    // Small frames are decoded side by side.
    expect(shown.slice(5).toSorted()).toEqual(plan.frames.map(({ index }) => `frame ${index}`).toSorted());
    const [width, height] = [plan.width / 8, plan.height / 8];
    const [first] = seen;
    expect(first).toMatchObject({ frames: plan.frames.length, width, height });
    expect(first?.kind === 'latents' && first.rgb.length).toBe(plan.frames.length * width * height * 3);
    const frame = seen.at(-1)!;
    const picture = await sharp(frame.kind === 'frame' ? frame.webp : Buffer.alloc(0)).metadata();
    expect(picture).toMatchObject({ format: 'webp', width: plan.width, height: plan.height });
  });

  it('are not computed while nobody watches; who begins to watch gets what there is', async () => {
    const renders = smallRenders(folder, store);
    const seen: RenderPicture[] = [];
    const pictures = new RenderPictures((picture) => seen.push(picture));
    const webp = vi.spyOn(sharp.prototype, 'webp');
    const plan = await renders.planOf('Euler', 'clip');
    let before = -1;
    await renders.render(plan, {
      pictures,
      stopAt: ({ stage, done }) => {
        if (stage === 'write' && before < 0) {
          before = seen.length + webp.mock.calls.length;
          void pictures.watch({ longestSide: null });
        }
        return done < 0;
      },
    });
    expect(before).toBe(0);
    await vi.waitUntil(() => seen.length === 1 + plan.frames.length);
    expect(seen[0]).toMatchObject({ kind: 'latents', step: 5 });
  });

  it('are no larger than they are shown, and come again when they are shown larger', async () => {
    const sizes: number[] = [];
    const pictures = new RenderPictures(async (picture) => {
      if (picture.kind === 'frame') sizes.push((await sharp(picture.webp).metadata()).width);
    });
    const { frames } = await smallPlan();
    pictures.begin({ width: 64, height: 32, frames }, SD1_RGB);
    await pictures.watch({ longestSide: 16 });
    await pictures.frame(0, () => new Uint8Array(64 * 32 * 3));
    await vi.waitUntil(() => sizes.length === 1);
    // Smaller ones are there already.
    await pictures.watch({ longestSide: 8 });
    await pictures.watch({ longestSide: 128 });
    await vi.waitUntil(() => sizes.length === 2);
    expect(sizes).toEqual([16, 64]);
  });

  it('come at most five times a second', async () => {
    const seen: RenderPicture[] = [];
    let now = 0;
    const pictures = new RenderPictures(
      (picture) => seen.push(picture),
      () => now,
    );
    await pictures.watch({ longestSide: null });
    const { width, height, frames } = await smallPlan();
    pictures.begin({ width, height, frames }, SD1_RGB);
    for (let step = 1; step <= 10; step++, now += 50) {
      pictures.step(step, () => new Float32Array((frames.length * 4 * width * height) / 64));
    }
    expect(seen.map((picture) => picture.kind === 'latents' && picture.step)).toEqual([1, 5, 9]);
  });
});
