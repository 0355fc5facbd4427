import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { ModelStore } from '../../../engine/models/store.ts';
import { UNet } from '../../../engine/models/unet/unet.ts';
import {
  encodeImages,
  hasFading,
  heldFrames,
  startLatents,
  toPixels,
} from '../../../engine/pipelines/image-to-image.ts';
import { runNoise } from '../../../engine/pipelines/run-noise.ts';
import { createSampler } from '../../../engine/schedulers/a1111.ts';
import { MOTION_BETAS } from '../../../engine/schedulers/betas.ts';
import type { FileRef, PlanFrame, TravelPlan } from '../../../plan/plan.ts';
import type { Sampler } from '../../../plan/samplers.ts';
import { samplingCalls } from '../../../plan/steps.ts';
import { pixels, smallRenders } from '../checkpoint/small-renders.ts';
import { smallPlan } from './plans.ts';

const start = (...shares: readonly number[]): Pick<PlanFrame, 'start'> => ({
  start: shares.flatMap((share, image) => (share > 0 ? [{ image, share }] : [])),
});

describe('toPixels', () => {
  it('separates the channels, from −1 to 1', () => {
    expect([...toPixels(Uint8Array.of(0, 255, 51, 255, 0, 102))]).toEqual(
      [-1, 1, 1, -1, -0.6, -0.2].map((value) => expect.closeTo(value, 6)),
    );
  });
});

describe('encodeImages', () => {
  it('encodes each frame of a video once, at the size of the clip, for all frames that show it', async () => {
    const path = join(import.meta.dirname, '../inputs/files/gif-local.gif');
    const { size, mtimeMs } = statSync(path);
    const images = [0, 0.05, 0.1].map((at) => ({
      path,
      size,
      mtimeMs,
      shown: { at, from: 0, to: null, repeat: false },
    }));
    const frames = images.map((_, image) => ({ start: [{ image, share: 1 }] })) as TravelPlan['frames'];
    const encode = vi.fn(async (pixels: Float32Array) => ({ mean: pixels.slice(0, 1) }));
    const context = {
      files: { check: async () => {} },
      progress: { begin: () => {}, advance: () => {} },
      signal: new AbortController().signal,
      warn: () => {},
      info: () => {},
    } as unknown as Parameters<typeof encodeImages>[2];
    const vae = { encode, scalingFactor: 2 } as unknown as Parameters<typeof encodeImages>[1];
    const latents = await encodeImages({ images, frames, width: 16, height: 8 }, vae, context);
    expect(encode.mock.calls.map(([pixels]) => pixels.length)).toEqual([16 * 8 * 3, 16 * 8 * 3]);
    expect(latents.get(0)).toBe(latents.get(1));
    expect([...latents.keys()]).toEqual([0, 1, 2]);
  });
});

describe('startLatents', () => {
  const images = new Map([Float32Array.of(1, 2), Float32Array.of(10, 20)].entries());
  const noise = Float32Array.of(100, 200, 300, 400, 500, 600);

  it('mixes images and noise by the shares of each frame', () => {
    const latents = startLatents([start(1), start(0.5, 0.25), {}], images, noise);
    expect([...latents!]).toEqual([1, 2, 0.5 + 2.5 + 75, 1 + 5 + 100, 500, 600]);
  });

  it('needs no noise for frames that are images, whatever the rounding', () => {
    expect([...startLatents([start(0, 1), start(0.7, 0.1 + 0.2)], images, null)!]).toEqual([
      10,
      20,
      expect.closeTo(3.7),
      expect.closeTo(7.4),
    ]);
    expect(hasFading([start(1), start(0.7, 0.1 + 0.2)])).toBe(false);
    expect(hasFading([start(1), start(0.9)])).toBe(true);
    expect(hasFading([{}, {}])).toBe(false);
  });

  it('is nothing without images', () => {
    expect(startLatents([{}, {}], new Map(), null)).toBeNull();
  });
});

describe('heldFrames', () => {
  const sampling = { sampler: 'Euler', schedule: 'uniform', steps: 20, denoising: 0.75 } as const;
  const scheduler = createSampler(sampling, MOTION_BETAS);
  const [images, noise] = [Float32Array.of(1, 2, 3), Float32Array.of(0.5, 0.6, 0.7)];
  const run = { start: images, noise };
  const latents = Float32Array.of(10, 20, 30);

  it('keeps a frame at its image, with the noise of the step, until its own steps begin', () => {
    // 16 steps; with a strength of 0.5, the last 11 of them.
    const held = heldFrames([{}, { denoising: 0.5 }, { denoising: 0 }], sampling, scheduler, run)!;
    const noised = scheduler.addNoise(images, noise, 4);
    expect([...held.noised(latents, 4)]).toEqual([10, noised[1], noised[2]]);
    expect([...held.noised(latents, 5)].slice(0, 2)).toEqual([10, scheduler.addNoise(images, noise, 5)[1]]);
    expect([...held.noised(latents, 6)]).toEqual([10, 20, scheduler.addNoise(images, noise, 6)[2]]);
    expect([...held.noised(latents, 16)]).toEqual([10, 20, 30]);
    expect([...held.clean(latents, 5)]).toEqual([10, 2, 3]);
    expect([...held.clean(latents, 6)]).toEqual([10, 20, 3]);
    expect(latents).toEqual(Float32Array.of(10, 20, 30));
  });

  it('ends with the image where a strength makes no step', () => {
    const ddim = { ...sampling, sampler: 'DDIM' } as const;
    const held = heldFrames([{}, { denoising: 0 }, {}], ddim, createSampler(ddim, MOTION_BETAS), run)!;
    expect([...held.noised(latents, 14)]).toEqual([10, 2, 30]);
  });

  it('is nothing if all frames begin together, or with noise', () => {
    expect(heldFrames([{}, {}, {}], sampling, scheduler, run)).toBeNull();
    expect(heldFrames([{ denoising: 0.1 }], sampling, scheduler, { start: null, noise })).toBeNull();
  });
});

describe('the noise of a run from images', () => {
  it('is the second that is drawn if an image fades, and the first otherwise', async () => {
    const plan = await smallPlan();
    const alone = runNoise(plan, MOTION_BETAS);
    const [first, second] = [alone.initial, alone.between(1, 0)];
    const from = (...starts: readonly Pick<PlanFrame, 'start'>[]) =>
      runNoise({ ...plan, frames: plan.frames.map((frame, i) => ({ ...frame, ...starts[i] })) }, MOTION_BETAS);
    const whole = from(start(1), start(1));
    expect([whole.fading, whole.initial, whole.between(1, 0)]).toEqual([null, first, second]);
    const fading = from(start(1), start(0.5));
    expect([fading.fading, fading.initial]).toEqual([first, second]);
    expect(fading.between(1, 0)).toEqual(alone.between(1, 0));
  });
});

const folder = mkdtempSync(join(tmpdir(), 'image-to-image-'));
const store = new ModelStore();
afterAll(async () => {
  await store.release();
  rmSync(folder, { recursive: true });
});

const { planOf, render } = smallRenders(folder, store);

/** Left and right half of the image have these gray values. */
async function image(name: string, left: number, right: number): Promise<FileRef> {
  const path = join(folder, name);
  const data = Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => (Math.floor(i / 3) % 16 < 8 ? left : right));
  await sharp(data, { raw: { width: 16, height: 16, channels: 3 } })
    .png()
    .toFile(path);
  const { size, mtimeMs } = statSync(path);
  return { path, size, mtimeMs };
}

/** Starts every frame from an image of its own. */
async function fromImages(
  name: string,
  denoising: number,
  images: readonly FileRef[],
  sampler: Sampler = 'DPM++ 2M',
): Promise<TravelPlan> {
  const plan = await planOf(sampler, name);
  const sampling = { ...plan.sampling, denoising };
  return {
    ...plan,
    images: [...images],
    sampling,
    frames: plan.frames.map((frame, i) => ({ ...frame, start: [{ image: i % images.length, share: 1 }] })),
    context: { ...plan.context, windows: plan.context.windows.slice(0, samplingCalls(sampling)) },
  };
}

describe('a render from images', () => {
  it('keeps them at a low strength, and makes only a part of the steps', async () => {
    const images = [await image('a.png', 40, 200), await image('b.png', 200, 40)];
    const unet = vi.spyOn(UNet.prototype, 'predict');
    const plan = await fromImages('low', 0, images);
    expect((await render(plan)).result).toMatchObject({ ok: true });
    // One step of two windows.
    expect(unet).toHaveBeenCalledTimes(2);
    unet.mockRestore();
    for (const [i, name] of ['00000.png', '00001.png'].entries()) {
      const { data } = await sharp(join(plan.output.base, name)).raw().toBuffer({ resolveWithObject: true });
      const mean = (from: number) => {
        const values = [...data].filter((_, at) => Math.floor((Math.floor(at / 3) % 16) / 8) === from);
        return values.reduce((sum, value) => sum + value, 0) / values.length;
      };
      expect(Math.sign(mean(1) - mean(0))).toBe(i === 0 ? 1 : -1);
      expect(Math.abs(mean(1) - mean(0))).toBeGreaterThan(60);
    }
  });

  it('has the same pixels when it is resumed, and others with another image', async () => {
    const images = [await image('c.png', 40, 200)];
    const complete = await fromImages('complete', 0.8, images);
    await render(complete);
    const resumed = await fromImages('resumed', 0.8, images);
    await render(resumed, { cancelAt: ({ step }) => step === 3 });
    await render(resumed, { resume: true });
    expect(pixels(resumed.output.base)).toEqual(pixels(complete.output.base));
    const other = await fromImages('other', 0.8, [await image('d.png', 200, 40)]);
    await render(other);
    expect(pixels(other.output.base)).not.toEqual(pixels(complete.output.base));
  });

  it('gives a frame the pixels of its own strength, if motion does not mix them, also when it is resumed', async () => {
    const images = [await image('f.png', 40, 200)];
    const still = (plan: TravelPlan) => ({ ...plan, models: { ...plan.models, motionModule: null } });
    const low = still(await fromImages('alone', 0.4, images, 'Euler'));
    await render(low);
    const high = still(await fromImages('together', 0.8, images, 'Euler'));
    const together = {
      ...high,
      frames: high.frames.map((frame, i) => (i === 1 ? { ...frame, denoising: 0.4 } : frame)),
    };
    await render(together, { cancelAt: ({ step }) => step === 2 });
    await render(together, { resume: true });
    expect(pixels(together.output.base)[1]).toBe(pixels(low.output.base)[1]);
    expect(pixels(together.output.base)[0]).not.toBe(pixels(low.output.base)[0]);
  });

  it('encodes them with the VAE of another file if the plan has one', async () => {
    const images = [await image('g.png', 40, 200)];
    const usual = await fromImages('usual', 0.4, images);
    await render(usual);
    const other = await fromImages('other-encoder', 0.4, images);
    const acquire = vi.spyOn(store.vaeEncoder, 'acquire');
    await render({ ...other, models: { ...other.models, vaeEncoder: other.models.checkpoint } });
    expect(acquire).toHaveBeenCalledOnce();
    acquire.mockRestore();
    expect(pixels(other.output.base)).toEqual(pixels(usual.output.base));
  });

  it('is refused if an image has changed since it was planned', async () => {
    const changed = await image('e.png', 40, 200);
    const plan = await fromImages('changed', 0.5, [{ ...changed, size: changed.size + 1 }]);
    expect((await render(plan)).result).toMatchObject({ name: 'RenderError', kind: 'file-changed' });
  });
});
