import { afterEach, describe, expect, it } from 'vitest';
import { loraPatches } from '../../../../engine/lora/patches.ts';
import { TextEncoder } from '../../../../engine/models/text-encoder/text-encoder.ts';
import { UNet, type UNetOptions } from '../../../../engine/models/unet/unet.ts';
import type { UNetInput } from '../../../../engine/models/unet/unet-input.ts';
import { cpu } from '../../../../engine/onnx/session.ts';
import { createGenerator } from '../../../../engine/random/generator.ts';
import { openWeights } from '../../../../weights/open.ts';
import { POCKET, POCKET_LORA } from '../../../golden/models.ts';
import { pocketMotion } from '../../pipelines/plans.ts';

const MODEL = await openWeights(POCKET);
const MOTION = await openWeights((await pocketMotion()).path);
const [FRAMES, SIZE, TOKENS] = [4, 16, 77];
const [START, END, CAT] = [49406, 49407, 2368];

/** As a render has them: noise, and encoded prompts. */
async function renderedInput(): Promise<UNetInput> {
  const encoder = new TextEncoder(MODEL, { clipSkip: 1, runtime: cpu() });
  const chunk = (...ids: number[]) => ({ ids: [...ids, ...Array(TOKENS - ids.length).fill(END)], vectors: new Map() });
  const encoded = await encoder.encode([chunk(START, CAT), chunk(START)], []);
  await encoder.release();
  return {
    samples: [createGenerator('cpu', 1).randn(FRAMES * 4 * SIZE * SIZE)],
    frames: FRAMES,
    height: SIZE,
    width: SIZE,
    timesteps: [500],
    contexts: encoded.map((prompt) => Array<Float32Array>(FRAMES).fill(prompt)),
    tokens: TOKENS,
  };
}

const INPUT = await renderedInput();

const open: UNet[] = [];
afterEach(async () => {
  for (const unet of open.splice(0)) await unet.release();
});

async function predict(options: Partial<UNetOptions>, input = INPUT): Promise<Float32Array[]> {
  const unet = new UNet(MODEL, { motionModule: MOTION, runtime: cpu(), ...options });
  open.push(unet);
  return unet.predict(input);
}

const size = (values: Float32Array) => Math.hypot(...values);

/** The size of the difference, as a share of the size of the values. */
const difference = (a: Float32Array, b: Float32Array) => size(a.map((value, i) => value - b[i]!)) / size(b);

describe('a UNet whose linear layers are products of 8-bit integers', () => {
  it.each([
    ['with motion', MOTION],
    ['of still frames', null],
  ])('predicts almost the same: %s', async (_, motionModule) => {
    const [float32, int8] = [await predict({ motionModule }), await predict({ motionModule, int8: true })];
    for (const [i, noise] of int8.entries()) {
      expect(difference(noise, float32[i]!)).toBeGreaterThan(1e-4);
      expect(difference(noise, float32[i]!)).toBeLessThan(0.015);
    }
  });

  it('predicts the same with any number of threads', async () => {
    expect(await predict({ int8: true, runtime: cpu(2) })).toEqual(await predict({ int8: true, runtime: cpu(1) }));
  });

  it('has LoRAs with one strength in its rounded weights, and adds those that travel', async () => {
    const lora = await loraPatches(await openWeights(POCKET_LORA), { unet: MODEL });
    for (const strengths of [[0.8], [0.2, 0.4, 0.6, 0.8]]) {
      const loras = [{ ...lora, travels: strengths.length > 1 }];
      const input = { ...INPUT, loraStrengths: [strengths] };
      const [float32, int8] = [await predict({ loras }, input), await predict({ loras, int8: true }, input)];
      for (const [i, noise] of int8.entries()) expect(difference(noise, float32[i]!)).toBeLessThan(0.015);
    }
  });
});
