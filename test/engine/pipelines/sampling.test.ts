import { describe, expect, it } from 'vitest';
import { sampleLatents } from '../../../engine/pipelines/sampling.ts';
import { createSampler } from '../../../engine/schedulers/a1111.ts';
import { MOTION_BETAS } from '../../../engine/schedulers/betas.ts';

const noise = Float32Array.from({ length: 8 }, (_, i) => Math.sin(i + 1));
const scheduler = createSampler('Euler', 'uniform', 4, MOTION_BETAS);
const request = {
  scheduler,
  noise,
  frames: 4,
  fuse: 'flat' as const,
  stepNoise: () => new Float32Array(8),
};

describe('sampleLatents', () => {
  it('has the same result with one or several windows if frames are independent', async () => {
    const predict = async (_: readonly number[], sample: Float32Array) => sample.map((value) => value * 0.1);
    const { latents: whole } = await sampleLatents({ ...request, predict, windowsAt: () => [[0, 1, 2, 3]] });
    const { latents: parts } = await sampleLatents({
      ...request,
      predict,
      windowsAt: () => [
        [3, 0],
        [1, 2],
        [2, 3],
      ],
    });
    expect([...parts]).toEqual([...whole]);
  });

  it('shows each window its own frames, in its order', async () => {
    const seen: number[][] = [];
    await sampleLatents({
      ...request,
      windowsAt: () => [
        [2, 3],
        [0, 1],
      ],
      predict: async (positions, sample, step) => {
        if (step === 0) seen.push([...positions, ...sample.map((value) => Math.round(value * 1000))]);
        return new Float32Array(sample.length);
      },
    });
    const input = [
      ...scheduler.scaleModelInput(
        noise.map((value) => value * scheduler.initNoiseSigma),
        0,
      ),
    ];
    const rounded = input.map((value) => Math.round(value * 1000));
    expect(seen).toEqual([
      [2, 3, ...rounded.slice(4)],
      [0, 1, ...rounded.slice(0, 4)],
    ]);
  });

  it('rejects windows that do not cover a frame', async () => {
    const predict = async (_: readonly number[], sample: Float32Array) => sample;
    await expect(sampleLatents({ ...request, predict, windowsAt: () => [[0, 1, 2]] })).rejects.toThrow('frame 3');
  });

  it('ends early with the clean latents that its last prediction implies', async () => {
    const seen: Float32Array[] = [];
    const onStep = async (_: unknown, clean: () => Float32Array) => void seen.push(clean());
    const all = { ...request, windowsAt: () => [[0, 1, 2, 3]], onStep };
    const predict = async (_: readonly number[], sample: Float32Array) => sample.map((value) => Math.sin(value * 3));
    const whole = await sampleLatents({ ...all, predict });
    expect(whole.steps).toBe(4);
    // Nothing is left to estimate after the last step.
    expect([...whole.latents]).toEqual([...seen[3]!]);
    const part = await sampleLatents({ ...all, predict, endsAfter: (steps) => steps === 2 });
    expect(part).toEqual({ latents: seen[1], steps: 2 });
    expect([...part.latents]).not.toEqual([...whole.latents]);
    await expect(sampleLatents({ ...all, predict, endsAfter: (steps) => steps === 4 })).resolves.toEqual(whole);
  });

  it('stops when the caller throws between windows', async () => {
    let windows = 0;
    const run = sampleLatents({
      ...request,
      predict: async (_, sample) => sample,
      windowsAt: () => [
        [0, 1],
        [2, 3],
      ],
      onWindow: async () => {
        windows++;
        if (windows === 3) throw new Error('stop');
      },
    });
    await expect(run).rejects.toThrow('stop');
    expect(windows).toBe(3);
  });
});
