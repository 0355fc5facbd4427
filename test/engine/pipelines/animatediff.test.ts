import { describe, expect, it } from 'vitest';
import { Checkpoint } from '../../../engine/checkpoint/checkpoint.ts';
import { ModelFiles } from '../../../engine/models/model-files.ts';
import type { UNetInput } from '../../../engine/models/unet/unet-input.ts';
import { RenderPictures } from '../../../engine/pictures/render-pictures.ts';
import { samplePlan } from '../../../engine/pipelines/animatediff.ts';
import { Conditioning } from '../../../engine/pipelines/conditioning.ts';
import { ProgressReporter } from '../../../engine/progress.ts';
import { TorchGenerator } from '../../../engine/random/torch-cpu.ts';
import type { TravelPlan } from '../../../plan/plan.ts';
import type { RenderProgress } from '../../../protocol/engine.ts';
import { frameOf, smallPlan } from './plans.ts';

/** Latent values of one frame. */
const FRAME = 4 * 2 * 2;

async function sample(
  plan: TravelPlan,
  onCall: (input: UNetInput) => void = () => undefined,
  cancel?: AbortController,
) {
  const encoding = { data: new Float32Array(1), tokens: 1 };
  const parts = [{ weight: 1, variants: [{ untilStep: 20, encoding }] }];
  const conditioning = new Conditioning(
    [
      { positive: parts, negative: parts },
      { positive: parts, negative: parts },
    ],
    plan,
  );
  const progress: RenderProgress[] = [];
  const unet = {
    predict: async (input: UNetInput) => {
      onCall(input);
      return input.contexts.map(() => new Float32Array(input.samples[0]!.length));
    },
  };
  const { signal } = cancel ?? new AbortController();
  const { latents } = await samplePlan(plan, { unet, images: new Map() }, conditioning, {
    files: new ModelFiles(),
    checkpoint: new Checkpoint({ folder: null, plan, warn: () => undefined }),
    progress: new ProgressReporter((value) => progress.push(value)),
    pictures: new RenderPictures(() => undefined),
    signal,
    stopHere: new AbortController().signal,
  });
  return { latents, progress };
}

describe('samplePlan', () => {
  it('starts each frame from the noise of seed + index, also if only some frames are rendered', async () => {
    const plan = await smallPlan({ frames: [frameOf(3), frameOf(8)] });
    const { latents } = await sample(plan);
    const ratio = (frame: number, seed: number) => {
      const noise = new TorchGenerator(seed).randn(FRAME);
      // A prediction of zero noise keeps the latents: noise times the first sigma.
      return [...noise].map((value, i) => latents[frame * FRAME + i]! / value);
    };
    const [sigma] = ratio(0, 8);
    expect(sigma).toBeGreaterThan(1);
    for (const value of [...ratio(0, 5 + 3), ...ratio(1, 5 + 8)]) expect(value).toBeCloseTo(sigma!, 4);
  });

  it('starts frames from the noise that FreeNoise gives them', async () => {
    const plan = await smallPlan({ frames: [frameOf(0), frameOf(1), frameOf(2, { noiseOf: 0 })] });
    const { latents } = await sample(plan);
    expect(latents.slice(2 * FRAME)).toEqual(latents.slice(0, FRAME));
    expect(latents.slice(FRAME, 2 * FRAME)).not.toEqual(latents.slice(0, FRAME));
  });

  it('gives all frames the same seed if subseeds vary them, as A1111', async () => {
    const plan = await smallPlan();
    const of = async (strength: number) => {
      const noise = { ...plan.sampling.noise, subseed: 9, subseedStrength: strength };
      return (await sample({ ...plan, sampling: { ...plan.sampling, noise } })).latents;
    };
    const [few, all] = [await of(0.001), await of(1)];
    const apart = (values: Float32Array) => Math.hypot(...values.slice(FRAME).map((value, i) => value - values[i]!));
    expect(apart(few)).toBeLessThan(0.01 * apart(all));
  });

  it.each([1, 3])('rejects a plan with windows for %i model calls if the sampler makes 2', async (rows) => {
    const plan = await smallPlan();
    const context = { ...plan.context, windows: Array(rows).fill(plan.context.windows[0]) };
    await expect(sample({ ...plan, context })).rejects.toThrow(
      `Euler calls its model 2 times, but the plan has windows for ${rows} calls.`,
    );
  });

  it('passes the strength of each LoRA and motion LoRA in each frame', async () => {
    const file = { path: '/models/lora', size: 1, mtimeMs: 1 };
    const plan = await smallPlan({
      frames: [frameOf(0, { loras: [0.2] }), frameOf(1, { loras: [0.7] })],
      loras: [{ name: 'ears', file }],
      motionLoras: [{ name: 'zoom', file, weight: 0.5 }],
    });
    const strengths: unknown[] = [];
    await sample(plan, (input) => strengths.push(input.loraStrengths));
    expect(strengths[0]).toEqual([
      [0.2, 0.7],
      [0.5, 0.5],
    ]);
  });

  it('reports every window and stops before the next one when cancelled', async () => {
    const plan = await smallPlan();
    const { progress } = await sample(plan);
    expect(progress.at(-1)).toMatchObject({ done: 2, total: 2 });
    expect(progress.filter(({ step }) => step !== undefined)).toMatchObject([
      { step: 1, window: 1 },
      { step: 2, window: 1 },
    ]);
    const cancel = new AbortController();
    let calls = 0;
    const run = sample(
      plan,
      () => {
        calls++;
        cancel.abort();
      },
      cancel,
    );
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
    expect(calls).toBe(1);
  });
});
