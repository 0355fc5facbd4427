import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fastestPlan,
  fitTogether,
  type MemoryDemand,
  type MemoryPlan,
  memoryNeeded,
  memoryParts,
  threadsOf,
  threadsText,
  writesFrameByFrame,
} from '../../plan/memory.ts';
import {
  chooseMemoryPlan,
  fittingSettings,
  fittingText,
  memoryPlanText,
  refusalText,
  smallerPlan,
} from '../../plan/memory-plan.ts';

const DEMAND: MemoryDemand = {
  window: 16,
  frames: 32,
  width: 256,
  height: 256,
  channels: [320, 640, 1280, 1280],
  vaeChannels: 128,
  models: 2e9,
  motion: true,
};

/** With one layer of 64 channels, so that calls are small. */
const SMALL: MemoryDemand = {
  ...DEMAND,
  width: 128,
  height: 128,
  channels: [64, 96],
  vaeChannels: 32,
  atOnce: { calls: 6, frames: 8 },
};

/** Models that take turns. */
const turns = (demand: MemoryDemand) => ({ ...fastestPlan(demand), together: false });

const demands = fc.record({
  window: fc.integer({ min: 1, max: 32 }),
  frames: fc.constant(32),
  width: fc.integer({ min: 8, max: 256 }).map((n) => 8 * n),
  height: fc.integer({ min: 8, max: 256 }).map((n) => 8 * n),
  channels: fc.constant(DEMAND.channels),
  vaeChannels: fc.constant(128),
  models: fc.constant(2e9),
  motion: fc.boolean(),
  atOnce: fc.record({ calls: fc.integer({ min: 1, max: 32 }), frames: fc.integer({ min: 1, max: 32 }) }),
});

/** All plans from the fastest to the smallest, one stage after the other. */
function ladder(demand: MemoryDemand): MemoryPlan[] {
  const plans: MemoryPlan[] = [turns(demand)];
  for (const stage of ['sample', 'decode'] as const) {
    for (let next = smallerPlan(demand, plans.at(-1)!, stage); next; next = smallerPlan(demand, next, stage)) {
      plans.push(next);
    }
  }
  return plans;
}

it('does not count frames and hints of a long clip beyond what is kept of them, if it is written frame by frame', () => {
  const { channels } = DEMAND;
  const needed = (frames: number, streams: boolean) =>
    memoryNeeded({ ...DEMAND, frames, channels, streams, controls: { units: 1, hints: frames } });
  expect(writesFrameByFrame(['mp4', 'png'])).toBe(true);
  expect(writesFrameByFrame(['mp4', 'webp'])).toBe(false);
  expect(needed(32, true)).toBe(needed(32, false));
  expect(needed(20_000, true)).toBe(needed(10_000, true));
  expect(needed(20_000, false)).toBeGreaterThan(needed(10_000, false));
});

describe('chooseMemoryPlan', () => {
  it('takes the fastest plan if the memory suffices or is unknown', () => {
    const needed = memoryNeeded(DEMAND, turns(DEMAND));
    for (const available of [null, needed]) {
      expect(chooseMemoryPlan(DEMAND, available)).toEqual({ plan: turns(DEMAND), needed, fits: true });
    }
  });

  it('runs prompts one after the other before anything else', () => {
    const { plan, fits } = chooseMemoryPlan(DEMAND, memoryNeeded(DEMAND, turns(DEMAND)) - 1);
    expect({ plan, fits }).toEqual({ plan: { ...turns(DEMAND), sideBySide: false }, fits: true });
  });

  it('keeps models side by side if that takes at most half of what is free', () => {
    const enough = 2 * memoryNeeded(DEMAND);
    expect(chooseMemoryPlan(DEMAND, enough).plan).toEqual(fastestPlan(DEMAND));
    expect(chooseMemoryPlan(DEMAND, enough, enough - 1).plan).toEqual(turns(DEMAND));
    expect(chooseMemoryPlan(DEMAND, enough, null).plan).toEqual(turns(DEMAND));
    expect(fitTogether({ ...DEMAND, unpacked: { unet: 0, motion: 0, vae: 0 } }, fastestPlan(DEMAND), 1e15)).toBe(false);
  });

  it('moves the motion module to the CPU if a GPU is too small, unless it may not, or has to be there', () => {
    const onGpu: MemoryDemand = { ...DEMAND, unpacked: { unet: 5e9, motion: 1.8e9, vae: 3e8 } };
    const oneByOne = { ...turns(onGpu), sideBySide: false };
    const needed = memoryNeeded(onGpu, oneByOne);
    expect(chooseMemoryPlan(onGpu, needed).plan).toEqual(oneByOne);
    expect(chooseMemoryPlan(onGpu, needed - 1)).toEqual({
      plan: { ...oneByOne, motionOnCpu: true },
      needed: needed - 1.8e9,
      fits: true,
    });
    expect(chooseMemoryPlan({ ...onGpu, motionDevice: 'gpu' }, needed - 1).fits).toBe(false);
    expect(chooseMemoryPlan({ ...onGpu, motionDevice: 'cpu' }, 1e12).plan).toMatchObject({ motionOnCpu: true });
    expect(chooseMemoryPlan({ ...onGpu, motion: false }, needed - 1).plan.motionOnCpu).toBe(false);
  });

  it('makes fewer small calls at the same time, until each has all threads', () => {
    expect(fastestPlan(SMALL)).toMatchObject({ sideBySide: false, calls: 6, decodes: 8 });
    const chosen = [6, 3, 2, 1].map((calls) => {
      const { always, unet } = memoryParts(SMALL, { ...fastestPlan(SMALL), calls });
      return chooseMemoryPlan(SMALL, always + unet).plan.calls;
    });
    expect(chosen).toEqual([6, 3, 2, 1]);
    const { always, vae } = memoryParts(SMALL, { ...fastestPlan(SMALL), decodes: 2 });
    expect(chooseMemoryPlan(SMALL, always + vae).plan.decodes).toBe(2);
    expect(fastestPlan({ ...SMALL, width: 512, height: 512 })).toMatchObject({ calls: 1, decodes: 1 });
  });

  it('splits the window only of separate images', () => {
    const images = { ...DEMAND, motion: false };
    const { always, unet } = memoryParts(images, { ...turns(images), sideBySide: false, batch: 4 });
    expect(chooseMemoryPlan(images, always + unet)).toMatchObject({ plan: { batch: 4 }, fits: true });
    expect(chooseMemoryPlan(DEMAND, always + unet)).toMatchObject({ plan: { batch: 16 }, fits: false });
  });

  it('tiles the VAE if only the VAE does not fit', () => {
    const wide = { ...DEMAND, width: 1024, height: 768, window: 1 };
    const { always, vae } = memoryParts(wide, fastestPlan(wide));
    expect(chooseMemoryPlan(wide, always + vae).plan.tile).toBeNull();
    expect(chooseMemoryPlan(wide, always + vae - 1)).toMatchObject({ plan: { tile: 512 }, fits: true });
  });

  it('never needs more than is available if something fits, and is never slower than needed', () => {
    fc.assert(
      fc.property(demands, fc.double({ min: 1e9, max: 40e9, noNaN: true }), (demand, available) => {
        const chosen = chooseMemoryPlan(demand, available);
        const smallest = memoryNeeded(demand, ladder(demand).at(-1)!);
        expect(chosen.fits).toBe(smallest <= available);
        expect(chosen.needed).toBe(memoryNeeded(demand, chosen.plan));
        expect(chosen.needed <= available).toBe(chosen.fits);
        const more = chooseMemoryPlan(demand, available * 2);
        expect(
          ladder(demand).findIndex(
            ({ batch, calls, sideBySide }) =>
              batch === more.plan.batch && calls === more.plan.calls && sideBySide === more.plan.sideBySide,
          ),
        ).toBeLessThanOrEqual(
          ladder(demand).findIndex(
            ({ batch, calls, sideBySide }) =>
              batch === chosen.plan.batch && calls === chosen.plan.calls && sideBySide === chosen.plan.sideBySide,
          ),
        );
      }),
    );
  });
});

describe('smallerPlan', () => {
  it('needs less at every step, and ends', () => {
    fc.assert(
      fc.property(demands, (demand) => {
        const plans = ladder(demand);
        const parts = plans.map((plan) => memoryParts(demand, plan));
        for (let i = 1; i < plans.length; i++) {
          const [before, after] = [parts[i - 1]!, parts[i]!];
          expect(after.unet + after.vae).toBeLessThan(before.unet + before.vae);
        }
      }),
    );
  });
});

describe('what does not fit', () => {
  it('is refused with numbers, and with settings of which each fits', () => {
    const large = { ...DEMAND, width: 2048, height: 1536 };
    const available = 16e9;
    const { size, context } = fittingSettings(large, available);
    expect(chooseMemoryPlan({ ...large, width: size![0], height: size![1] }, available).fits).toBe(true);
    expect(chooseMemoryPlan({ ...large, window: context! }, available).fits).toBe(true);
    expect(chooseMemoryPlan({ ...large, window: context! + 1 }, available).fits).toBe(false);
    const text = refusalText(large, available, 'this computer');
    expect(text).toContain(`this computer has 16 GB`);
    expect(text).toContain(`${size![0]}×${size![1]} or smaller, or \`context: ${context}\``);
  });

  it('has no such settings if the models alone are too large', () => {
    expect(fittingText(fittingSettings(DEMAND, 1e9))).toBe('Use a smaller `context`, or render fewer frames.');
  });
});

it('says how a plan differs from the fastest one', () => {
  const large = { ...DEMAND, motion: false, width: 1024 };
  expect(memoryPlanText(large, fastestPlan(large))).toBe('');
  expect(memoryPlanText(large, { ...turns(large), batch: 2, tile: 512 })).toBe(
    '2 frames at once, the VAE in tiles of 512×512',
  );
  expect(memoryPlanText(DEMAND, { ...turns(DEMAND), sideBySide: false })).toBe('prompts one after the other');
  expect(memoryPlanText(SMALL, { ...turns(SMALL), calls: 2, decodes: 1 })).toBe(
    'windows and prompts 2 at once, one frame decoded at once',
  );
});

describe('threads', () => {
  it('are as many as the computer runs at once, at most 32, or fewer if that is wanted', () => {
    expect(threadsOf(null, 4)).toBe(4);
    expect(threadsOf(3, 4)).toBe(3);
    expect(threadsOf(1000, 4)).toBe(4);
    expect(threadsOf(null, 64)).toBe(32);
    expect(threadsOf(40, 64)).toBe(32);
  });

  it('are reported if more are wanted than are used', () => {
    expect(threadsText(1000, 4)).toBe('Threads: 4 instead of 1000, because this computer runs 4 at once.');
    expect(threadsText(40, 64)).toBe('Threads: 32 instead of 40, because renders use at most 32.');
    for (const wanted of [null, 1, 4]) expect(threadsText(wanted, 4)).toBeNull();
  });
});
