import { afterEach, describe, expect, it } from 'vitest';
import { loraPatches } from '../../../../engine/lora/patches.ts';
import { UNet, type UNetInput, type UNetOptions } from '../../../../engine/models/unet/unet.ts';
import { cpu } from '../../../../engine/onnx/session.ts';
import { openWeights } from '../../../../weights/open.ts';
import { BadModelError } from '../../../../weights/tensor.ts';
import { GOLDEN_FOLDER } from '../../../golden/folder.ts';
import { distance, numbers } from '../../graph/tensors.ts';

const model = (name: string) => openWeights(`${GOLDEN_FOLDER}/models/${name}`);
const MODEL = await model('tiny-sd15.safetensors');
const NANO = await model('nano-sd15-bf16-novae.safetensors');
const V3 = await model('tiny_v3_sd15_mm.safetensors');
const LORA = await loraPatches(await model('tiny_kohya_locon.safetensors'), { unet: MODEL });

const FRAMES = 2;
const SIZE = 8;
const TOKENS = 77;
const context = (seed: number) => numbers([TOKENS, 128], seed);
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
  const unet = new UNet(file, { runtime: cpu('lean'), ...options });
  open.push(unet);
  return unet;
}

const frame = (prediction: Float32Array, index: number) =>
  prediction.slice((index * prediction.length) / FRAMES, ((index + 1) * prediction.length) / FRAMES);

describe('UNet', () => {
  it('treats frames as independent images without a motion module', async () => {
    const unet = unetOf();
    const [both] = await unet.predict(INPUT);
    for (const index of [0, 1]) {
      const alone = { ...INPUT, frames: 1, samples: [frame(sample, index)], contexts: [[INPUT.contexts[0]![index]!]] };
      const [one] = await unet.predict(alone);
      expect(distance(frame(both!, index), one!)).toBeLessThan(1e-5);
    }
  });

  it('denoises prompts side by side like each alone, mixing frames but not clips', async () => {
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

  it('accepts one sample per clip, or one for all', async () => {
    const unet = unetOf();
    const contexts = [INPUT.contexts[0]!, INPUT.contexts[0]!];
    const [first, second] = await unet.predict({ ...INPUT, contexts });
    expect(second).toEqual(first);
    const other = numbers([FRAMES, 4, SIZE, SIZE], 2);
    const [same, different] = await unet.predict({ ...INPUT, contexts, samples: [sample, other] });
    expect(same).toEqual(first);
    expect(distance(different!, first!)).toBeGreaterThan(1e-3);
  });

  it('applies the motion module in proportion to its scale: 0 not at all, 1 as trained', async () => {
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

  it('has the same result for clips that are too large to run side by side', async () => {
    const unet = unetOf({}, NANO);
    const frames = 257;
    const promptOf = (seed: number) => Array<Float32Array>(frames).fill(numbers([TOKENS, 64], seed));
    const many = { ...INPUT, frames, samples: [numbers([frames, 4, SIZE, SIZE], 1)] };
    const [first, second] = await unet.predict({ ...many, contexts: [promptOf(1), promptOf(2)] });
    const few = { ...INPUT, samples: [many.samples[0]!.slice(0, sample.length)] };
    const [start] = await unet.predict({ ...few, contexts: [promptOf(2).slice(0, FRAMES)] });
    expect(distance(second!.slice(0, sample.length), start!)).toBeLessThan(1e-5);
    expect(distance(first!, second!)).toBeGreaterThan(1e-4);
  });

  it('accepts a timestep per frame', async () => {
    const unet = unetOf();
    const [mixed] = await unet.predict({ ...INPUT, timesteps: [500, 20.5] });
    const [late] = await unet.predict({ ...INPUT, timesteps: [20.5] });
    const [early] = await unet.predict(INPUT);
    expect(distance(frame(mixed!, 0), frame(early!, 0))).toBeLessThan(1e-5);
    expect(distance(frame(mixed!, 1), frame(late!, 1))).toBeLessThan(1e-5);
    expect(distance(late!, early!)).toBeGreaterThan(1e-3);
  });

  it('applies a traveling LoRA to each frame with its own strength', async () => {
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

  it('does not let a LoRA travel that was not announced, or that changes the motion module', async () => {
    const varying = { ...INPUT, loraStrengths: [[0, 1]] };
    await expect(unetOf({ loras: [LORA] }).predict(varying)).rejects.toThrow(/travels/);
    const motionModule = await model('tiny_mm_sd_v15_v2.safetensors');
    const motionLora = await loraPatches(await model('tiny_v2_lora_A.safetensors'), { motionModule });
    const unet = unetOf({ motionModule, loras: [{ ...motionLora, travels: true }] });
    await expect(unet.predict(varying)).rejects.toThrow(/motion module.*one weight/s);
  });

  it('has the same result with composed attention', async () => {
    const [fused] = await unetOf({ motionModule: V3 }).predict(INPUT);
    const [written] = await unetOf({
      motionModule: V3,
      runtime: { ...cpu('lean'), fusedAttention: false },
    }).predict(INPUT);
    expect(distance(fused!, written!)).toBeLessThan(2e-5);
  });

  it('rejects a window longer than the motion module’s table, and reports the limit', async () => {
    const unet = unetOf({ motionModule: await model('tiny_mm_sd_v15.ckpt') });
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

  it('rejects a motion module made for wider or narrower layers', async () => {
    const unet = unetOf({ motionModule: await model('tiny_v3_sd15_mm.safetensors') }, NANO);
    const contexts = [[numbers([TOKENS, 64], 1), numbers([TOKENS, 64], 2)]];
    await expect(unet.predict({ ...INPUT, contexts })).rejects.toThrow(
      /tiny_v3_sd15_mm.*does not fit this checkpoint.*has 64 channels.*has 32\./s,
    );
  });

  it('reports a file that is not a checkpoint, or not a motion module', async () => {
    const vae = await model('nano-sd15-vae-fp32.safetensors');
    expect(() => new UNet(vae, { runtime: cpu('lean') })).toThrow(/has no UNet/);
    expect(() => unetOf({ motionModule: vae })).toThrow(/not a motion module \(it is a vae\)/);
  });
});
