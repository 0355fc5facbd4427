import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fastestPlan, type MemoryDemand, type MemoryPlan, memoryNeeded, memoryParts } from '../../plan/memory.ts';
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

const demands = fc.record({
  window: fc.integer({ min: 1, max: 32 }),
  frames: fc.constant(32),
  width: fc.integer({ min: 8, max: 256 }).map((n) => 8 * n),
  height: fc.integer({ min: 8, max: 256 }).map((n) => 8 * n),
  channels: fc.constant(DEMAND.channels),
  vaeChannels: fc.constant(128),
  models: fc.constant(2e9),
  motion: fc.boolean(),
});

/** All plans from the fastest to the smallest, one stage after the other. */
function ladder(demand: MemoryDemand): MemoryPlan[] {
  const plans = [fastestPlan(demand)];
  for (const stage of ['sample', 'decode'] as const) {
    for (let next = smallerPlan(demand, plans.at(-1)!, stage); next; next = smallerPlan(demand, next, stage)) {
      plans.push(next);
    }
  }
  return plans;
}

describe('chooseMemoryPlan', () => {
  it('takes the fastest plan if the memory suffices or is unknown', () => {
    const needed = memoryNeeded(DEMAND);
    for (const available of [null, needed]) {
      expect(chooseMemoryPlan(DEMAND, available)).toEqual({ plan: fastestPlan(DEMAND), needed, fits: true });
    }
  });

  it('runs prompts one after the other before anything else', () => {
    const { plan, fits } = chooseMemoryPlan(DEMAND, memoryNeeded(DEMAND) - 1);
    expect({ plan, fits }).toEqual({ plan: { sideBySide: false, batch: 16, tile: null }, fits: true });
  });

  it('splits the window only of separate images', () => {
    const images = { ...DEMAND, motion: false };
    const { always, unet } = memoryParts(images, { sideBySide: false, batch: 4, tile: null });
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
            ({ batch, sideBySide }) => batch === more.plan.batch && sideBySide === more.plan.sideBySide,
          ),
        ).toBeLessThanOrEqual(
          ladder(demand).findIndex(
            ({ batch, sideBySide }) => batch === chosen.plan.batch && sideBySide === chosen.plan.sideBySide,
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
  expect(memoryPlanText(large, { sideBySide: false, batch: 2, tile: 512 })).toBe(
    '2 frames at once, the VAE in tiles of 512×512',
  );
  expect(memoryPlanText(DEMAND, { sideBySide: false, batch: 16, tile: null })).toBe('prompts one after the other');
});
