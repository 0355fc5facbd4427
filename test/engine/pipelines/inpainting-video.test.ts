import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { ModelStore } from '../../../engine/models/store.ts';
import { inpaintingInputs, KeptPixels } from '../../../engine/pipelines/inpainting.ts';
import type { TravelPlan } from '../../../plan/plan.ts';
import { smallRenders } from '../checkpoint/small-renders.ts';
import { numberOf } from '../inputs/numbered-frame.ts';
import { fileRef, frameOf } from './plans.ts';

const folder = mkdtempSync(join(tmpdir(), 'inpainting-video-'));
const store = new ModelStore();
afterAll(async () => {
  await store.release();
  rmSync(folder, { recursive: true });
});

const SIDE = 64;
const { signal } = new AbortController();

/** White below, where frames are painted anew. Its edge is blurred by a few pixels. */
async function mask() {
  const path = join(folder, 'mask.png');
  const values = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => (i < (SIDE * SIDE) / 2 ? 0 : 255));
  await sharp(values, { raw: { width: SIDE, height: SIDE, channels: 1 } })
    .png()
    .toFile(path);
  return fileRef(path);
}

/** Of a video of eight numbered frames, which shows each for 0.1 s: those at these seconds. */
async function inputs(...times: readonly number[]): Promise<Pick<TravelPlan, 'images' | 'masks' | 'frames'>> {
  const video = await fileRef(join(import.meta.dirname, '../inputs/files/gif-local.gif'));
  return {
    images: times.map((at) => ({ ...video, shown: { at, from: 0, to: null, repeat: true } })),
    masks: [await mask()],
    frames: times.map((_, i) => frameOf(i, { start: [{ image: i, share: 1 }], inpaint: { image: i, mask: 0 } })),
  };
}

const numberIn = (rgb: Uint8Array) => numberOf({ width: SIDE, height: SIDE, rgb });
const gray = () => new Uint8Array(3 * SIDE * SIDE).fill(90);

describe('KeptPixels of a video', () => {
  it('lays the frame that is shown at its time over each frame, in any order', async () => {
    const plan = { ...(await inputs(0, 0.1, 0.2, 0.8)), width: SIDE, height: SIDE };
    const kept = new KeptPixels(
      { ...plan, output: { order: [0, 1, 2, 3] } as TravelPlan['output'] },
      { signal, cacheFolder: null },
    );
    const over = (index: number) => kept.over(gray(), plan.frames[index]!.inpaint!);
    const [second, first] = await Promise.all([over(1), over(0)]);
    expect([first, second, await over(3)].map(numberIn)).toEqual([0, 1, 0]);
    expect([...first.slice(-3)]).toEqual([90, 90, 90]);
  });
});

describe('what an inpainting model sees of a video', () => {
  it('is each of its frames once', async () => {
    const plan = { ...(await inputs(0, 0.05, 0.2)), width: SIDE, height: SIDE };
    const encoded: Float32Array[] = [];
    const vae = {
      scalingFactor: 1,
      async encode(pixels: Float32Array) {
        encoded.push(pixels);
        return { mean: new Float32Array(4 * 64).fill(encoded.length), logVariance: new Float32Array(0) };
      },
    };
    const context = {
      files: { check: async () => undefined },
      progress: { begin: () => undefined, advance: () => undefined },
      signal,
    } as unknown as Parameters<typeof inpaintingInputs>[2];
    const seen = await inpaintingInputs(plan, vae, context);
    expect(seen.map((values) => values.at(-1))).toEqual([1, 2, 3]);
    expect(encoded[0]).toEqual(encoded[1]);
    expect(encoded[0]).not.toEqual(encoded[2]);
  });
});

const { planOf, render } = smallRenders(folder, store);

describe('a render of a video with a mask', () => {
  it('keeps what the video shows outside of it, also when it is resumed', async () => {
    const base = await planOf('Euler', 'masked');
    const sampling = { ...base.sampling, steps: 3, denoising: 0.8 };
    const plan: TravelPlan = {
      ...base,
      ...(await inputs(0.1, 0.2)),
      width: SIDE,
      height: SIDE,
      sampling,
      context: { ...base.context, windows: base.context.windows.slice(0, 3) },
      output: { ...base.output, order: [0, 1] },
    };
    const shown = async () => {
      const files = readdirSync(plan.output.base)
        .filter((name) => name.endsWith('.png'))
        .sort();
      return Promise.all(files.map((name) => sharp(join(plan.output.base, name)).raw().toBuffer()));
    };
    expect((await render(plan)).result).toMatchObject({ ok: true });
    const whole = await shown();
    expect(whole.map(numberIn)).toEqual([1, 2]);
    rmSync(plan.output.base, { recursive: true });
    await render(plan, { cancelAt: ({ stage }) => stage === 'decode' });
    expect((await render(plan, { resume: true })).result).toMatchObject({ ok: true });
    expect(await shown()).toEqual(whole);
  });
});
