import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { ModelStore } from '../../../engine/models/store.ts';
import { UNet } from '../../../engine/models/unet/unet.ts';
import { toPixels } from '../../../engine/pipelines/image-to-image.ts';
import {
  inpaintingInputs,
  KeptLatents,
  KeptPixels,
  keptLatents,
  readMasks,
} from '../../../engine/pipelines/inpainting.ts';
import { sampleLatents } from '../../../engine/pipelines/sampling.ts';
import { createSampler, sigmaSteps } from '../../../engine/schedulers/a1111.ts';
import { MOTION_BETAS } from '../../../engine/schedulers/betas.ts';
import type { FileRef, TravelPlan } from '../../../plan/plan.ts';
import { SAMPLERS, type Sampler } from '../../../plan/samplers.ts';
import { samplingCalls } from '../../../plan/steps.ts';
import { openWeights } from '../../../weights/open.ts';
import { POCKET } from '../../golden/models.ts';
import { UNET } from '../../weights/layouts/checkpoints.ts';
import { fileBytes, filled, rawTensors, withTensors } from '../../weights/layouts/raw.ts';
import { smallRenders } from '../checkpoint/small-renders.ts';
import { fileRef, frameOf } from './plans.ts';

const folder = mkdtempSync(join(tmpdir(), 'inpainting-'));
const store = new ModelStore();
afterAll(async () => {
  await store.release();
  rmSync(folder, { recursive: true });
});

const SIDE = 64;

/** An image of this side whose columns have these colors. */
async function picture(name: string, color: (x: number) => readonly [number, number, number]): Promise<FileRef> {
  const path = join(folder, name);
  const rgb = Uint8Array.from(Array.from({ length: SIDE * SIDE }, (_, i) => color(i % SIDE)).flat());
  await sharp(rgb, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .png()
    .toFile(path);
  return fileRef(path);
}

const gray = (value: number) => [value, value, value] as const;
/** White to the right. */
const rightHalf = await picture('right.png', (x) => gray(x < SIDE / 2 ? 0 : 255));
const stripes = await picture('stripes.png', (x) => [x * 3, 255 - x * 3, x % 2 === 0 ? 40 : 200]);

const context = {
  files: { check: async () => undefined },
  progress: { begin: () => undefined, advance: () => undefined },
  signal: new AbortController().signal,
} as unknown as Parameters<typeof inpaintingInputs>[2];

describe('readMasks', () => {
  it('has 1 in the size of the latents where more than half of a cell is white', async () => {
    const masks = [
      rightHalf,
      await picture('black.png', () => gray(0)),
      await picture('third.png', (x) => gray(x < 27 ? 0 : 255)),
    ];
    const frames = [frameOf(0, { inpaint: { image: 0, mask: 0 } }), frameOf(1, { inpaint: { image: 0, mask: 2 } })];
    const read = await readMasks({ masks, frames, width: SIDE, height: SIDE }, context);
    expect([...read.keys()]).toEqual([0, 2]);
    const row = (index: number) => [...read.get(index)!.subarray(3 * 8, 4 * 8)];
    expect(row(0)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    expect(row(2)).toEqual([0, 0, 0, 1, 1, 1, 1, 1]);
  });

  it('refuses a mask that has changed since it was planned', async () => {
    const file = rightHalf;
    const plan = {
      masks: [{ ...file, size: file.size + 1 }],
      frames: [frameOf(0, { inpaint: { image: 0, mask: 0 } })],
    };
    await expect(readMasks({ ...plan, width: SIDE, height: SIDE }, context)).rejects.toMatchObject({
      kind: 'file-changed',
    });
  });
});

describe('keptLatents', () => {
  const images = new Map([Float32Array.of(1, 2, 3, 4), Float32Array.of(10, 20, 30, 40)].entries());
  // Two channels of two pixels.
  const masks = new Map([Uint8Array.of(0, 1), Uint8Array.of(1, 1)].entries());
  const start = Float32Array.of(-1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11, -12);

  it('keeps the image where the mask is black, also where the frame has faded', () => {
    const frames = [{ inpaint: { image: 1, mask: 0 } }, {}, { inpaint: { image: 0, mask: 1 } }];
    const found = keptLatents(frames, start, images, masks)!;
    expect([...found.start]).toEqual([10, -2, 30, -4, -5, -6, -7, -8, -9, -10, -11, -12]);
    const latents = new Float32Array(12).fill(7);
    expect([...found.kept.into(latents)]).toEqual([10, 7, 30, 7, 7, 7, 7, 7, 7, 7, 7, 7]);
    expect(latents).toEqual(new Float32Array(12).fill(7));
  });

  it('is nothing without masks or without images', () => {
    expect(keptLatents([{}], start, images, new Map())).toBeNull();
    expect(keptLatents([{}], null, images, masks)).toBeNull();
  });
});

describe('a run that keeps latents', () => {
  const start = Float32Array.of(0.5, -0.25, 0.75, 1);
  const kept = new KeptLatents(start, Uint8Array.of(1, 0, 1, 0));
  const initial = Float32Array.of(0.3, -1.2, 0.8, 0.1);
  let draws = 0;
  const noise = { initial, between: () => initial.map((value) => Math.sin(value * ++draws)), skip: () => undefined };

  async function run(sampler: Sampler, denoising = 0.8) {
    const choice = { sampler, schedule: 'uniform', steps: 10, denoising } as const;
    const inputs: Float32Array[] = [];
    const estimates: Float32Array[] = [];
    const { latents } = await sampleLatents({
      scheduler: createSampler(choice, MOTION_BETAS),
      noise,
      start,
      kept,
      frames: 1,
      windowsAt: () => [[0]],
      fuse: 'flat',
      predict: async (_, { input }) => {
        inputs.push(input);
        return { guided: input.map((value) => 0.4 * value + 0.1), negative: input.map((value) => 0.3 * value) };
      },
      onStep: async (_, clean) => {
        estimates.push(clean());
      },
    });
    return { latents, inputs, estimates };
  }

  it.each(SAMPLERS)('has them at every estimate and in the end: %s', async (sampler) => {
    const { latents, estimates } = await run(sampler);
    for (const values of [latents, ...estimates]) {
      expect([values[0], values[2]]).toEqual([start[0], start[2]]);
      expect(Number.isFinite(values[1])).toBe(true);
    }
    expect(Math.abs(latents[1]! - start[1]!)).toBeGreaterThan(1e-3);
  });

  it.each(['DDIM', 'DDIM CFG++', 'PLMS', 'UniPC'] as const)(
    'shows them to the model without noise, as A1111’s own samplers do: %s',
    async (sampler) => {
      const { inputs } = await run(sampler);
      for (const input of inputs) expect([input[0], input[2]]).toEqual([start[0], start[2]]);
    },
  );

  it('takes steps of k-diffusion towards them: Euler', async () => {
    const { inputs } = await run('Euler');
    const { sigmas } = sigmaSteps({ sampler: 'Euler', schedule: 'uniform', steps: 10, denoising: 0.8 }, MOTION_BETAS);
    // The input is the sample, scaled. On the way to x₀, the sample is x₀ + σ·noise at every step.
    inputs.forEach((input, i) => {
      const sample = input[0]! * Math.hypot(sigmas[i]!, 1);
      expect(sample).toBeCloseTo(start[0]! + sigmas[i]! * initial[0]!, 4);
    });
  });

  it('ends an LCM step exactly at them, although LCM mixes the sample into its estimate', () => {
    const scheduler = createSampler({ sampler: 'LCM', schedule: 'uniform', steps: 4 }, MOTION_BETAS);
    const sample = Float32Array.of(3, -4, 5, 6);
    const step = scheduler.step(3, sample, { tensors: [], numbers: [] }, () => initial);
    const call = step.next();
    if (call.done) throw new Error('The step makes no call.');
    const { value } = step.next({ guided: call.value.noiseTo!(start) });
    const result = value as Exclude<typeof value, typeof call.value>;
    expect([...result.clean()]).toEqual([...start].map((each) => expect.closeTo(each, 5)));
  });
});

describe('what an inpainting model sees', () => {
  const encoded: Float32Array[] = [];
  const vae = {
    scalingFactor: 2,
    encode: async (pixels: Float32Array) => {
      encoded.push(pixels);
      return { mean: new Float32Array(4 * 8 * 8).fill(encoded.length), logVariance: new Float32Array(0) };
    },
  };

  it('is the mask, and the image with gray instead of what is painted anew', async () => {
    encoded.length = 0;
    const [image, mask] = [stripes, rightHalf];
    const inpaint = { image: 0, mask: 0 };
    const frames = [frameOf(0, { inpaint }), frameOf(1), frameOf(2, { inpaint })];
    const plan = { images: [image], masks: [mask], frames, width: SIDE, height: SIDE };
    const [first, second, third] = await inpaintingInputs(plan, vae, context);
    // Encoded once each.
    expect(encoded).toHaveLength(2);
    expect(third).toBe(first);
    expect([...first!.subarray(0, 8)]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    expect(first!.subarray(64)).toEqual(new Float32Array(4 * 64).fill(2));
    const pixels = toPixels(await sharp(image.path).raw().toBuffer());
    const expected = pixels.map((value, i) => (i % SIDE < SIDE / 2 ? value : 0));
    expect(encoded[0]).toEqual(expected);
    // Without a mask, all of it, as in A1111's txt2img.
    expect(second!.subarray(0, 64)).toEqual(new Float32Array(64).fill(1));
    expect(second!.subarray(64)).toEqual(new Float32Array(4 * 64).fill(4));
    expect(encoded[1]).toEqual(new Float32Array(3 * SIDE * SIDE));
  });
});

describe('KeptPixels', () => {
  it('has the pixels of the image outside of the mask, those of the frame inside, and both at its edge', async () => {
    const [image, mask] = [stripes, rightHalf];
    const inpaint = { image: 0, mask: 0 };
    const output = { order: [0] } as TravelPlan['output'];
    const plan = {
      images: [image],
      masks: [mask],
      frames: [frameOf(0, { inpaint })],
      output,
      width: SIDE,
      height: SIDE,
    };
    const frame = new Uint8Array(SIDE * SIDE * 3).fill(90);
    const rgb = await new KeptPixels(plan, context).over(frame, inpaint);
    const original = await sharp(image.path).raw().toBuffer();
    const at = (values: Uint8Array, x: number) => [...values.subarray(3 * x, 3 * x + 3)];
    for (const x of [0, 10, 20, 21]) expect(at(rgb, x)).toEqual(at(original, x));
    // Twice the blurred mask is white from its middle on.
    for (const x of [32, 40, 63]) expect(at(rgb, x)).toEqual([90, 90, 90]);
    const edge = at(rgb, 28);
    edge.forEach((value, channel) => {
      const ends = [at(original, 28)[channel]!, 90].sort((a, b) => a - b);
      expect(value).toBeGreaterThan(ends[0]!);
      expect(value).toBeLessThan(ends[1]!);
    });
  });
});

/** A checkpoint like pocket that takes mask and image, too: `weight` for each of their five channels. */
async function inpaintingCheckpoint(weight: number): Promise<FileRef> {
  const path = join(folder, `inpainting-${weight}.safetensors`);
  const pocket = await rawTensors(POCKET);
  const { metadata } = await openWeights(POCKET);
  const first = `${UNET}input_blocks.0.0.weight`;
  const { dtype, shape, bytes } = pocket.get(first)!;
  expect(dtype).toBe('F16');
  const wide = filled('F16', [shape[0]!, 9, 3, 3]);
  const [from, to] = [new Uint16Array(Uint8Array.from(bytes).buffer), new Uint16Array(wide.bytes.buffer)];
  for (let output = 0; output < shape[0]!; output++) {
    to.set(from.subarray(output * 36, (output + 1) * 36), output * 81);
    // 0.0625 in float16, or 0.
    to.fill(weight === 0 ? 0 : 0x2c00, output * 81 + 36, (output + 1) * 81);
  }
  writeFileSync(path, fileBytes(withTensors(pocket, { [first]: wide }), metadata));
  const { size, mtimeMs } = statSync(path);
  return { path, size, mtimeMs };
}

const { planOf, render } = smallRenders(folder, store);

/** A still that starts from stripes, and paints its right half anew, or all of it. */
async function stripesPlan(name: string, isMasked = true): Promise<TravelPlan> {
  const plan = await planOf('Euler', name);
  const sampling = { ...plan.sampling, steps: 3, denoising: 0.8 };
  const frame = {
    ...plan.frames[0]!,
    start: [{ image: 0, share: 1 }],
    ...(isMasked && { inpaint: { image: 0, mask: 0 } }),
  };
  return {
    ...plan,
    models: { ...plan.models, motionModule: null },
    width: SIDE,
    height: SIDE,
    images: [stripes],
    masks: isMasked ? [rightHalf] : [],
    sampling,
    frames: [frame],
    context: { ...plan.context, windows: Array(samplingCalls(sampling)).fill([{ start: 0, stride: 1, length: 1 }]) },
    output: { ...plan.output, order: [0] },
  };
}

async function rendered(plan: TravelPlan): Promise<Uint8Array> {
  const { result } = await render(plan);
  expect(result).toMatchObject({ ok: true });
  return pixelsOf(plan);
}

const pixelsOf = (plan: TravelPlan) => sharp(`${plan.output.base}.png`).raw().toBuffer();
const column = (at: number) => Math.floor(at / 3) % SIDE;

describe('a render with a mask', () => {
  it('has the pixels of the image outside of it, and others inside, also when it is resumed', async () => {
    const plan = await stripesPlan('kept');
    const rgb = await rendered(plan);
    const original = await sharp(stripes.path).raw().toBuffer();
    const differs = (from: number, to: number) =>
      rgb.some((value, i) => column(i) >= from && column(i) < to && value !== original[i]);
    expect([differs(0, 22), differs(32, SIDE)]).toEqual([false, true]);
    const resumed = await stripesPlan('resumed');
    await render(resumed, { cancelAt: ({ step }) => step === 2 });
    await render(resumed, { resume: true });
    expect(await pixelsOf(resumed)).toEqual(rgb);
    // What is kept has an effect on what is painted.
    const whole = await rendered(await stripesPlan('whole', false));
    const far = (values: Uint8Array) => values.filter((_, i) => column(i) >= 48);
    expect(far(whole)).not.toEqual(far(rgb));
  });
});

describe('an inpainting checkpoint', () => {
  it('renders as a usual one if it ignores mask and image', async () => {
    const usual = await rendered(await stripesPlan('usual'));
    const plan = await stripesPlan('ignoring');
    const checkpoint = await inpaintingCheckpoint(0);
    const ignoring = await rendered({ ...plan, models: { ...plan.models, checkpoint } });
    // The order of additions differs.
    expect(Math.max(...usual.map((value, i) => Math.abs(value - ignoring[i]!)))).toBeLessThanOrEqual(1);
  });

  it('sees mask and image, and without a mask all of it as painted anew', async () => {
    const checkpoint = await inpaintingCheckpoint(1);
    const unet = vi.spyOn(UNet.prototype, 'predict');
    /** The pixels, and the mask that the UNet sees. */
    const seen = async (plan: TravelPlan) => {
      unet.mockClear();
      const pixels = await rendered({ ...plan, models: { ...plan.models, checkpoint } });
      const [sample] = unet.mock.calls[0]![0].samples;
      const area = sample!.length / plan.frames.length / 9;
      return { pixels, mask: [...sample!.subarray(4 * area, 5 * area)].slice(-8) };
    };
    const masked = await seen(await stripesPlan('masked'));
    expect(masked.mask).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    const whole = await seen(await stripesPlan('unmasked', false));
    expect(whole.mask).toEqual(Array(8).fill(1));
    expect(whole.pixels).not.toEqual(masked.pixels);
    // Text to image, with a motion module.
    const text = await planOf('Euler', 'text');
    const { result } = await render({ ...text, models: { ...text.models, checkpoint } });
    expect(result).toMatchObject({ ok: true });
    expect([...unet.mock.lastCall![0].samples[0]!.subarray(16, 20)]).toEqual(Array(4).fill(1));
    unet.mockRestore();
  });
});
