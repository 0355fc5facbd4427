import { describe, expect, it } from 'vitest';
import type { UNetInput } from '../../../engine/models/unet/unet-input.ts';
import { Conditioning } from '../../../engine/pipelines/conditioning.ts';
import { DeepCache, isWholeCall } from '../../../engine/pipelines/deep-cache.ts';
import { Denoiser, type DenoisingModel } from '../../../engine/pipelines/denoiser.ts';
import { frameOf } from './plans.ts';

const values = (...numbers: number[]) => Float32Array.from(numbers);

describe('DeepCache', () => {
  it('computes the whole UNet every so many calls', () => {
    expect([0, 1, 2, 3, 4, 5, 6].map((call) => isWholeCall(call, 3))).toEqual([
      true,
      false,
      false,
      true,
      false,
      false,
      true,
    ]);
  });

  it('gives each frame its own features, whatever window it is in', () => {
    const cache = new DeepCache(2);
    cache.begin(0);
    cache.keep('negative', 0, [0, 1], values(1, 2, 3, 4));
    cache.keep('negative', 1, [2, 3], values(5, 6, 7, 8));
    expect(cache.features('negative', [3, 1])).toEqual(values(7, 8, 3, 4));
    expect(cache.features('part 0', [3, 1])).toBeNull();
    expect(cache.features('negative', [1, 4])).toBeNull();
  });

  it('has those of the last window if several have a frame, in whatever order they end', () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const cache = new DeepCache(2);
      cache.begin(0);
      for (const window of order)
        cache.keep('part 0', window, [window, window + 1], values(10 * window, 10 * window + 1));
      expect(cache.features('part 0', [0, 1, 2])).toEqual(values(0, 10, 11));
    }
  });

  it('forgets them when the next whole call begins, also that of another iteration', () => {
    const cache = new DeepCache(3);
    expect(cache.begin(0)).toBe(true);
    cache.keep('part 0', 1, [0], values(1));
    expect(cache.begin(0)).toBe(true);
    expect(cache.begin(1)).toBe(false);
    expect(cache.features('part 0', [0])).toEqual(values(1));
    cache.begin(0);
    expect(cache.features('part 0', [0])).toBeNull();
    cache.keep('part 0', 0, [0], values(2));
    expect(cache.features('part 0', [0])).toEqual(values(2));
  });
});

describe('a denoiser with DeepCache', () => {
  const encoding = { data: new Float32Array(1), tokens: 1 };
  const parts = [{ weight: 1, variants: [{ untilStep: 20, encoding }] }];

  /** A UNet that says how it was called; what it keeps of a frame is 1000 times its clip, plus the frame's sample. */
  function denoiserOf(cfgScales: readonly number[]) {
    const calls: string[] = [];
    const noise = ({ contexts, samples }: UNetInput) => contexts.map(() => new Float32Array(samples[0]!.length));
    const unet: DenoisingModel = {
      predict: async (input) => {
        calls.push('predict');
        return noise(input);
      },
      predictDeep: async (input) => {
        calls.push('deep');
        return noise(input).map((each, clip) => ({
          noise: each,
          deep: input.samples[0]!.map((value) => 1000 * clip + value),
        }));
      },
      predictShallow: async (input, deep) => {
        calls.push(`shallow ${deep.map((each) => [...each].join()).join(' ')}`);
        return noise(input);
      },
    };
    const denoiser = new Denoiser({
      unet,
      conditioning: new Conditioning([{ positive: parts, negative: parts }], { mix: 'lerp', promptEditing: 'by-step' }),
      frames: cfgScales.map((cfgScale, i) => frameOf(i, { cfgScale, negative: { from: 0, to: 0, t: 0 } })),
      height: 1,
      width: 1,
      loraStrengths: () => [],
      deepInterval: 2,
    });
    return { denoiser, calls };
  }

  it('begins calls in between with what their frames gave before, for each prompt', async () => {
    const { denoiser, calls } = denoiserOf([7, 7, 7]);
    await denoiser.predict([0, 1], values(10, 11), 0, 500, { window: 0 });
    await denoiser.predict([1, 2], values(21, 22), 0, 500, { window: 1 });
    await denoiser.predict([0, 1, 2], values(0, 0, 0), 1, 480, { window: 0 });
    await denoiser.predict([0, 1], values(30, 31), 2, 460, { window: 0 });
    expect(calls).toEqual(['deep', 'deep', 'shallow 10,21,22 1010,1021,1022', 'deep']);
  });

  it('computes the whole UNet for a window whose frames had no negative prompt', async () => {
    const { denoiser, calls } = denoiserOf([1, 7]);
    await denoiser.predict([0], values(10), 0, 500, { window: 0 });
    await denoiser.predict([1], values(11), 0, 500, { window: 1 });
    await denoiser.predict([0, 1], values(0, 0), 1, 480, { window: 0 });
    await denoiser.predict([1], values(0), 1, 480, { window: 1 });
    expect(calls).toEqual(['deep', 'deep', 'predict', 'shallow 11 1011']);
  });

  it('needs a UNet that keeps features', () => {
    const conditioning = new Conditioning([], { mix: 'lerp', promptEditing: 'by-step' });
    const options = { conditioning, frames: [], height: 1, width: 1, loraStrengths: () => [], deepInterval: 2 };
    expect(() => new Denoiser({ ...options, unet: { predict: async () => [] } })).toThrow(/keeps its features/);
  });
});
