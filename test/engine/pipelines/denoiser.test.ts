import { describe, expect, it } from 'vitest';
import type { UNetInput } from '../../../engine/models/unet/unet-input.ts';
import { Conditioning, type EncodedPart } from '../../../engine/pipelines/conditioning.ts';
import { Denoiser, type DenoiserOptions } from '../../../engine/pipelines/denoiser.ts';
import type { PlanFrame } from '../../../plan/plan.ts';
import { frameOf } from './plans.ts';

const SIZE = 4;

/** A part whose encoding has `tokens` vectors of the same single value. */
const part = (value: number, { tokens = 1, weight = 1 } = {}): EncodedPart => ({
  weight,
  variants: [{ untilStep: 20, encoding: { data: new Float32Array(tokens).fill(value), tokens } }],
});

/** Predicts, for each clip and frame, the first value of its encoding. Records its calls. */
class FakeUNet {
  readonly calls: UNetInput[] = [];

  async predict(input: UNetInput): Promise<Float32Array[]> {
    this.calls.push(input);
    return input.contexts.map((clip) => Float32Array.from(clip.flatMap((context) => Array(SIZE).fill(context[0]))));
  }
}

async function predict(
  frames: readonly PlanFrame[],
  {
    positive = [part(3)],
    negative = part(1),
    positions = [...frames.keys()],
    options = {} as Partial<DenoiserOptions>,
  } = {},
): Promise<{ noise: number[]; negative: number | undefined; calls: UNetInput[] }> {
  const unet = new FakeUNet();
  const conditioning = new Conditioning(
    [
      { positive, negative: [] },
      { positive: [], negative: [negative] },
    ],
    { mix: 'lerp', promptEditing: 'by-step' },
  );
  const loraStrengths = (window: readonly PlanFrame[]) => [window.map(({ index }) => index / 10)];
  const denoiser = new Denoiser({ unet, conditioning, frames, height: 1, width: 1, loraStrengths, ...options });
  const { guided: noise, negative: alone } = await denoiser.predict(
    positions,
    new Float32Array(positions.length * SIZE),
    0,
    500,
  );
  // All values of a frame are equal.
  return { noise: positions.map((_, i) => noise[i * SIZE]!), negative: alone?.[0], calls: unet.calls };
}

describe('Denoiser', () => {
  it('guides every frame by its own scale', async () => {
    const { noise, calls } = await predict([frameOf(0, { cfgScale: 2 }), frameOf(1, { cfgScale: 7 })]);
    expect(noise).toEqual([1 + 2 * 2, 1 + 7 * 2]);
    expect(calls).toHaveLength(1);
    expect(calls[0]!.contexts).toHaveLength(2);
  });

  it('guides a window in which only some frames have a scale other than 1', async () => {
    const { noise } = await predict([frameOf(0, { cfgScale: 1 }), frameOf(1, { cfgScale: 7 })]);
    expect(noise).toEqual([3, 1 + 7 * 2]);
  });

  it('shows an inpainting model what it sees beside the latents of each frame', async () => {
    const besides = [0, 1, 2].map((frame) => new Float32Array(5).fill(frame + 1));
    const { calls } = await predict(
      [0, 1, 2].map((i) => frameOf(i)),
      { positions: [2, 0], options: { besides } },
    );
    expect([...calls[0]!.samples[0]!]).toEqual([0, 0, 0, 0, 3, 3, 3, 3, 3, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
  });

  it('skips the negative prompt if the scale is 1 in all frames', async () => {
    const { noise, calls } = await predict([frameOf(0, { cfgScale: 1 }), frameOf(1, { cfgScale: 1 })]);
    expect(noise).toEqual([3, 3]);
    expect(calls.map(({ contexts }) => contexts.length)).toEqual([1]);
  });

  it('guides at scale 1 if AND or a weight combines prompts', async () => {
    const frames = [frameOf(0, { cfgScale: 1 })];
    expect((await predict(frames, { positive: [part(3), part(5)] })).noise).toEqual([1 + 2 + 4]);
    expect((await predict(frames, { positive: [part(3, { weight: 0.5 })] })).noise).toEqual([2]);
  });

  it('scales guidance, and predicts the negative prompt on its own, for CFG++', async () => {
    const options = { scaleFactor: 1 / 12.5, needsNegative: true };
    const { noise, negative } = await predict([frameOf(0, { cfgScale: 12.5 })], { options });
    expect([noise, negative]).toEqual([[3], 1]);
  });

  it('runs prompts of different lengths separately', async () => {
    const { noise, calls } = await predict([frameOf(0)], { negative: part(1, { tokens: 2 }) });
    expect(noise).toEqual([1 + 7 * 2]);
    expect(calls.map(({ tokens }) => tokens)).toEqual([2, 1]);
  });

  it('passes each frame’s motion scale and LoRA strengths, in the order of the window', async () => {
    const frames = [0, 1, 2].map((index) => frameOf(index, { motionScale: index }));
    const { calls } = await predict(frames, { positions: [2, 0] });
    expect(calls[0]).toMatchObject({ frames: 2, motionScale: [2, 0], loraStrengths: [[0.2, 0]], timesteps: [500] });
  });

  it('turns a velocity into noise, with guidance', async () => {
    // x = α·x₀ + σ·ε and v = α·ε − σ·x₀, for x₀ = 2 and ε = −3 and σ ÷ α = 0.75.
    const [alpha, sigma] = [0.8, 0.6];
    const unet = { predictsVelocity: true, predict: async () => [new Float32Array(SIZE).fill(alpha * -3 - sigma * 2)] };
    const denoiser = new Denoiser({
      unet,
      conditioning: new Conditioning([{ positive: [part(3)], negative: [part(1)] }], {
        mix: 'lerp',
        promptEditing: 'by-step',
      }),
      frames: [frameOf(0, { cfgScale: 1 })],
      height: 1,
      width: 1,
      loraStrengths: () => [],
      sigmaAt: (timestep) => (timestep === 500 ? sigma / alpha : 0),
    });
    const noise = await denoiser.predict([0], new Float32Array(SIZE).fill(alpha * 2 + sigma * -3), 0, 500);
    for (const value of noise.guided) expect(value).toBeCloseTo(-3, 5);
  });

  it('gives the scale to a UNet that embeds it, without the negative prompt', async () => {
    const calls: UNetInput[] = [];
    const unet = {
      embedsGuidance: true,
      predict: async (input: UNetInput) => {
        calls.push(input);
        return input.contexts.map((clip) => new Float32Array(SIZE).fill(clip[0]![0]!));
      },
    };
    const denoiser = new Denoiser({
      unet,
      conditioning: new Conditioning([{ positive: [part(3, { weight: 3 }), part(7)], negative: [part(1)] }], {
        mix: 'lerp',
        promptEditing: 'by-step',
      }),
      frames: [frameOf(0, { cfgScale: 8 })],
      height: 1,
      width: 1,
      loraStrengths: () => [],
    });
    const noise = await denoiser.predict([0], new Float32Array(SIZE), 0, 500);
    expect(calls.map(({ guidance, contexts }) => [guidance, contexts.length])).toEqual([[[8], 2]]);
    expect(noise.guided[0]).toBe((3 * 3 + 7) / 4);
  });
});
