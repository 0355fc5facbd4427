import { afterEach, describe, expect, it } from 'vitest';
import { loraPatches } from '../../../../engine/lora/patches.ts';
import { UNet, type UNetOptions } from '../../../../engine/models/unet/unet.ts';
import type { UNetInput } from '../../../../engine/models/unet/unet-input.ts';
import { cpu } from '../../../../engine/onnx/session.ts';
import { openWeights } from '../../../../weights/open.ts';
import { BadModelError, type WeightsFile } from '../../../../weights/tensor.ts';
import { EXTERNAL_LORA, NANO, POCKET, pocketMotionModule } from '../../../golden/models.ts';
import { fileOf, safetensorsWith } from '../../../weights/files.ts';
import { VAE_SHAPES } from '../../../weights/model-shapes.ts';
import { distance, numbers, weight } from '../../graph/tensors.ts';

const WIDTH = 32;
const POSITIONS = 32;
const MODEL = await openWeights(NANO);
const V3 = await narrowed(await pocketMotionModule('v3'));
const LORA = await loraPatches(await openWeights(EXTERNAL_LORA), { unet: MODEL });

/** A motion module of pocket's structure, but as wide as the model of these tests and with other weights. */
async function narrowed(file: WeightsFile): Promise<WeightsFile> {
  const channels = (size: number, name: string) => {
    const factor = /ff\.net\.0\.proj/.test(name) ? 8 : 4;
    if (size === POSITIONS || size === 1) return size;
    return size > 96 ? WIDTH * factor : WIDTH;
  };
  const tensors = [...file.tensors].map(([name, { shape }], i) => {
    const dims = shape.map((size) => channels(size, name));
    const values = numbers(dims, i).map((value) => value / 8 + (/norm.*weight$/.test(name) ? 1 : 0));
    return [name, weight(name, dims, values)] as const;
  });
  return { ...file, tensors: new Map(tensors) };
}

const FRAMES = 2;
const SIZE = 8;
const TOKENS = 77;
const context = (seed: number) => numbers([TOKENS, 64], seed);
const sample = numbers([FRAMES, 4, SIZE, SIZE], 1);

/** Two frames of a prompt that changes between them. */
const INPUT: UNetInput = {
  samples: [sample],
  frames: FRAMES,
  height: SIZE,
  width: SIZE,
  timesteps: [500],
  contexts: [[context(1), context(2)]],
  tokens: TOKENS,
};

const open: UNet[] = [];
afterEach(async () => {
  for (const unet of open.splice(0)) await unet.release();
});

function unetOf(options: Partial<UNetOptions> = {}, file = MODEL): UNet {
  const unet = new UNet(file, { runtime: cpu(), ...options });
  open.push(unet);
  return unet;
}

const frame = (prediction: Float32Array, index: number) =>
  prediction.slice((index * prediction.length) / FRAMES, ((index + 1) * prediction.length) / FRAMES);

describe('UNet', () => {
  // At 16 latent pixels, two prompts together have as many rows as a layer has columns: it would be multiplied otherwise.
  it.each([8, 12, 16])(
    'predicts the same bits with one thread as with several, for latents of %i × 8',
    async (height) => {
      const pocket = await openWeights(POCKET);
      const input: UNetInput = {
        ...INPUT,
        samples: [numbers([1, 4, height, SIZE], 1)],
        frames: 1,
        height,
        contexts: [1, 2].map((seed) => [numbers([TOKENS, 128], seed)]),
      };
      const one = await unetOf({ runtime: cpu(1) }, pocket).predict(input);
      for (const [threads, atOnce] of [
        [2, 2],
        [2, 1],
        [5, 3],
      ] as const) {
        expect(await unetOf({ runtime: cpu(threads), atOnce }, pocket).predict(input)).toEqual(one);
      }
    },
  );

  it.each([
    ['with', V3],
    ['without', null],
  ])('predicts the same bits in whatever memory, %s a motion module', async (_, motionModule) => {
    const unet = unetOf({ motionModule });
    const frames = 5;
    const input: UNetInput = {
      ...INPUT,
      frames,
      samples: [numbers([frames, 4, SIZE, SIZE], 1)],
      contexts: [Array.from({ length: frames }, (_, i) => context(i)), Array(frames).fill(context(9))],
    };
    const together = await unet.predict(input);
    for (const memory of [
      { sideBySide: false, batch: frames },
      { sideBySide: true, batch: 2 },
      { sideBySide: false, batch: 2 },
      { sideBySide: true, batch: frames, motionOnCpu: true },
    ]) {
      expect(await unet.predict({ ...input, memory })).toEqual(together);
    }
  });

  it.each([
    ['with', V3],
    ['without', null],
  ])('goes on from kept features as it would have, %s a motion module, in whatever memory', async (_, motionModule) => {
    const unet = unetOf({ motionModule, deepCache: true });
    const frames = 3;
    const other = Array.from({ length: frames }, (_, i) => context(20 + i));
    const input: UNetInput = {
      ...INPUT,
      frames,
      samples: [numbers([frames, 4, SIZE, SIZE], 1)],
      contexts: [other.toReversed(), other],
    };
    const whole = await unet.predict(input);
    const kept = await unet.predictDeep(input);
    expect(kept.map(({ noise }) => noise)).toEqual(whole);
    const deep = kept.map(({ deep }) => deep);
    expect(await unet.predictShallow(input, deep)).toEqual(whole);
    const later = { ...input, samples: [numbers([frames, 4, SIZE, SIZE], 2)], timesteps: [480] };
    const shallow = await unet.predictShallow(later, deep);
    expect(distance(shallow[0]!, (await unet.predict(later))[0]!)).toBeGreaterThan(1e-4);
    expect(distance(shallow[0]!, whole[0]!)).toBeGreaterThan(1e-4);
    const memory = { sideBySide: false, batch: 2 };
    expect(await unet.predictDeep({ ...input, memory })).toEqual(kept);
    expect(await unet.predictShallow({ ...later, memory }, deep)).toEqual(shallow);
  });

  it.each([false, true])('goes on from kept features with a LoRA, travelling: %s', async (travels) => {
    const unet = unetOf({ loras: [{ ...LORA, travels }], deepCache: true });
    const input = { ...INPUT, loraStrengths: [travels ? [0.5, 1] : [1]] };
    const [kept] = await unet.predictDeep(input);
    expect(await unet.predictShallow(input, [kept!.deep])).toEqual([kept!.noise]);
  });

  it('treats frames as separate images without a motion module', async () => {
    const unet = unetOf();
    const [both] = await unet.predict(INPUT);
    for (const index of [0, 1]) {
      const alone = { ...INPUT, frames: 1, samples: [frame(sample, index)], contexts: [[INPUT.contexts[0]![index]!]] };
      const [one] = await unet.predict(alone);
      expect(distance(frame(both!, index), one!)).toBeLessThan(1e-5);
    }
  });

  it('denoises prompts in one batch as separately, mixing frames but not clips', async () => {
    const unet = unetOf({ motionModule: V3 });
    const contexts = [
      [context(1), context(2)],
      [context(3), context(3)],
    ];
    const together = await unet.predict({ ...INPUT, contexts });
    for (const [clip, own] of contexts.entries()) {
      const [alone] = await unet.predict({ ...INPUT, contexts: [own] });
      expect(distance(together[clip]!, alone!)).toBeLessThan(1e-5);
    }
    const [otherSecondFrame] = await unet.predict({ ...INPUT, contexts: [[context(1), context(9)]] });
    expect(distance(frame(otherSecondFrame!, 0), frame(together[0]!, 0))).toBeGreaterThan(1e-4);
  });

  it('accepts one sample for each clip, or one for all', async () => {
    const unet = unetOf();
    const contexts = [INPUT.contexts[0]!, INPUT.contexts[0]!];
    const [first, second] = await unet.predict({ ...INPUT, contexts });
    expect(second).toEqual(first);
    const other = numbers([FRAMES, 4, SIZE, SIZE], 2);
    const [same, different] = await unet.predict({ ...INPUT, contexts, samples: [sample, other] });
    expect(same).toEqual(first);
    expect(distance(different!, first!)).toBeGreaterThan(1e-3);
  });

  it('scales the motion module: 0 has no effect, 1 is as trained', async () => {
    const [still] = await unetOf().predict(INPUT);
    const moving = unetOf({ motionModule: V3 });
    const [none] = await moving.predict({ ...INPUT, motionScale: [0, 0] });
    const [half] = await moving.predict({ ...INPUT, motionScale: [0.5, 0.5] });
    const [full] = await moving.predict({ ...INPUT, motionScale: [1, 1] });
    const [usual] = await moving.predict(INPUT);
    expect(distance(none!, still!)).toBeLessThan(1e-5);
    expect(usual).toEqual(full);
    expect(distance(half!, still!)).toBeGreaterThan(1e-4);
    expect(distance(half!, full!)).toBeGreaterThan(1e-4);
  });

  it('gives the same result for clips that are too large for one batch', async () => {
    const unet = unetOf();
    const frames = 257;
    const promptOf = (seed: number) => Array<Float32Array>(frames).fill(context(seed));
    const many = { ...INPUT, frames, samples: [numbers([frames, 4, SIZE, SIZE], 1)] };
    const [first, second] = await unet.predict({ ...many, contexts: [promptOf(1), promptOf(2)] });
    const few = { ...INPUT, samples: [many.samples[0]!.slice(0, sample.length)] };
    const [start] = await unet.predict({ ...few, contexts: [promptOf(2).slice(0, FRAMES)] });
    expect(distance(second!.slice(0, sample.length), start!)).toBeLessThan(1e-5);
    expect(distance(first!, second!)).toBeGreaterThan(1e-4);
  });

  // The small model hardly depends on the timestep, pocket does.
  it('accepts a timestep for each frame', async () => {
    const unet = unetOf({}, await openWeights(POCKET));
    const contexts = [[numbers([TOKENS, 128], 1), numbers([TOKENS, 128], 2)]];
    const [mixed] = await unet.predict({ ...INPUT, contexts, timesteps: [500, 20.5] });
    const [late] = await unet.predict({ ...INPUT, contexts, timesteps: [20.5] });
    const [early] = await unet.predict({ ...INPUT, contexts });
    expect(distance(frame(mixed!, 0), frame(early!, 0))).toBeLessThan(1e-3);
    expect(distance(frame(mixed!, 1), frame(late!, 1))).toBeLessThan(1e-3);
    expect(distance(late!, early!)).toBeGreaterThan(0.1);
  });

  it('gives each frame the strength of a travelling LoRA', async () => {
    const merged = unetOf({ loras: [LORA] });
    const [without] = await merged.predict({ ...INPUT, loraStrengths: [[0]] });
    const [strong] = await merged.predict({ ...INPUT, loraStrengths: [[0.8, 0.8]] });
    const travelling = unetOf({ loras: [{ ...LORA, travels: true }] });
    const [mixed] = await travelling.predict({ ...INPUT, loraStrengths: [[0, 0.8]] });
    expect(distance(frame(mixed!, 0), frame(without!, 0))).toBeLessThan(2e-5);
    expect(distance(frame(mixed!, 1), frame(strong!, 1))).toBeLessThan(2e-5);
    expect(distance(strong!, without!)).toBeGreaterThan(1e-3);
    const [everywhere] = await travelling.predict({ ...INPUT, loraStrengths: [[0.8]] });
    expect(distance(everywhere!, strong!)).toBeLessThan(2e-5);
  });

  it('rejects strengths per frame for a merged LoRA and for a motion LoRA', async () => {
    const varying = { ...INPUT, loraStrengths: [[0, 1]] };
    await expect(unetOf({ loras: [LORA] }).predict(varying)).rejects.toThrow(/travels/);
    const motionModule = await pocketMotionModule('v2');
    const layer = 'down_blocks.0.motion_modules.0.temporal_transformer.transformer_blocks.0.attention_blocks.0';
    const lora = safetensorsWith({
      [`${layer}.processor.to_q_lora.down.weight`]: [2, 64],
      [`${layer}.processor.to_q_lora.up.weight`]: [64, 2],
    });
    const motionLora = await loraPatches(await openWeights(fileOf(lora)), { motionModule });
    const unet = unetOf({ motionModule, loras: [{ ...motionLora, travels: true }] });
    await expect(unet.predict(varying)).rejects.toThrow(/motion module.*one weight/s);
  });

  it('gives the same result without fused attention', async () => {
    const [fused] = await unetOf({ motionModule: V3 }).predict(INPUT);
    const [written] = await unetOf({
      motionModule: V3,
      runtime: { ...cpu(), fusedAttention: false },
    }).predict(INPUT);
    expect(distance(fused!, written!)).toBeLessThan(2e-5);
  });

  it('rejects a window longer than the motion module supports and reports the maximum', async () => {
    const unet = unetOf({ motionModule: await pocketMotionModule('v1') });
    const frames = 25;
    const long = {
      ...INPUT,
      frames,
      samples: [numbers([frames, 4, SIZE, SIZE], 1)],
      contexts: [Array<Float32Array>(frames).fill(context(1))],
    };
    await expect(unet.predict(long)).rejects.toThrow(BadModelError);
    await expect(unet.predict(long)).rejects.toThrow(/25 frames.*at most 24/);
  });

  it('rejects a motion module for layers of another width', async () => {
    const unet = unetOf({ motionModule: await pocketMotionModule('v3') });
    await expect(unet.predict(INPUT)).rejects.toThrow(
      /mm_pocket.*does not fit this checkpoint.*has 64 channels.*has 32\./s,
    );
  });

  it('reports a file that is not a checkpoint or not a motion module', async () => {
    const vae = await openWeights(fileOf(safetensorsWith(VAE_SHAPES)));
    expect(() => new UNet(vae, { runtime: cpu() })).toThrow(/has no UNet/);
    expect(() => unetOf({ motionModule: vae })).toThrow(/not a motion module \(it is a vae\)/);
  });
});
