import { describe, expect, it } from 'vitest';
import {
  type ClipCost,
  costOfPlan,
  estimateSeconds,
  type RenderTime,
  readRenderTimes,
  renderCost,
} from '../../plan/render-cost.ts';
import { planOf } from '../rendering/plans.ts';

const CLIP: ClipCost = {
  device: 'auto',
  checkpoint: 2e9,
  calls: 320,
  guided: true,
  shown: 16,
  width: 512,
  height: 512,
};
const cost = (changes: Partial<ClipCost> = {}) => renderCost({ ...CLIP, ...changes });
const time = (changes: Partial<ClipCost> = {}, seconds: Partial<RenderTime> = {}): RenderTime => ({
  cost: cost(changes),
  start: 4,
  sample: 100,
  decode: 20,
  ranOn: 'CPU',
  ...seconds,
});

describe('an estimate', () => {
  it('is what the same render took', () => {
    expect(estimateSeconds(cost(), [time()])).toBeCloseTo(124);
  });

  it('grows with steps, size and frames, each stage on its own', () => {
    expect(estimateSeconds(cost({ calls: 640 }), [time()])).toBeCloseTo(224);
    expect(estimateSeconds(cost({ width: 256 }), [time()])).toBeCloseTo(4 + 50 + 10);
    expect(estimateSeconds(cost({ shown: 1 }), [time()])).toBeCloseTo(4 + 100 + 20 / 16);
    expect(estimateSeconds(cost({ guided: false }), [time()])).toBeCloseTo(4 + 50 + 20);
  });

  it('prefers renders of the same checkpoint, and scales the others', () => {
    const small = time({ checkpoint: 1e9 });
    expect(estimateSeconds(cost(), [small])).toBeCloseTo(4 + 200 + 40);
    expect(estimateSeconds(cost(), [small, time(), small])).toBeCloseTo(124);
  });

  it('takes the last five renders only', () => {
    const slow = time({}, { sample: 1000 });
    expect(estimateSeconds(cost(), [slow, ...Array(5).fill(time())])).toBeCloseTo(124);
    expect(estimateSeconds(cost(), [...Array(5).fill(time()), slow])).toBeGreaterThan(200);
  });

  it('adds the time of new frames, of any checkpoint, if it is known', () => {
    const film = time({ checkpoint: 1e9, interpolated: 30 }, { interpolate: 60 });
    expect(estimateSeconds(cost({ interpolated: 15 }), [film, time()])).toBeCloseTo(124 + 30);
    expect(estimateSeconds(cost({ interpolated: 15 }), [time()])).toBeCloseTo(124);
    expect(estimateSeconds(cost(), [film, time()])).toBeCloseTo(124);
  });

  it('is not made from another device, or from nothing', () => {
    expect(estimateSeconds(cost({ device: 'cuda' }), [time()])).toBeNull();
    expect(estimateSeconds(cost(), [])).toBeNull();
  });
});

describe('the cost of a plan', () => {
  it('counts the frames of all model calls, and those that are decoded', () => {
    const plan = planOf({ steps: 3, windows: 2 });
    expect(costOfPlan(plan)).toEqual({ device: 'auto', checkpoint: 1, sampling: 6 * 2 * 64, decoding: 64 * 64 });
    const again = { ...plan, output: { ...plan.output, order: [0, 0] } };
    expect(costOfPlan(again).decoding).toBe(64 * 64);
  });

  it('counts ControlNet units in the steps in which they act', () => {
    const file = { path: '/canny', size: 1, mtimeMs: 1 };
    const unit = {
      name: 'canny',
      file,
      preprocessor: 'none',
      resize: 'crop',
      mode: 'balanced',
      pooled: false,
    } as const;
    const units = [
      { ...unit, start: 0, end: 1 },
      { ...unit, start: 0.5, end: 1 },
    ];
    const plan = planOf();
    const controlled = { ...plan, control: { units, pictures: [{ file }] } };
    const all = [{ ...unit, start: 0, end: 1 }];
    const more = (of: typeof plan) => costOfPlan(of).sampling - costOfPlan(plan).sampling;
    expect(more({ ...plan, control: { units: all, pictures: [{ file }] } })).toBeGreaterThan(0);
    expect(more(controlled)).toBeCloseTo(1.5 * more({ ...plan, control: { units: all, pictures: [{ file }] } }));
  });

  it('is half without a negative prompt', () => {
    const plan = planOf();
    const free = { ...plan, frames: plan.frames.map((frame) => ({ ...frame, cfgScale: 1 })) };
    expect(costOfPlan(free).sampling).toBe(costOfPlan(plan).sampling / 2);
  });
});

it.each(['', '{', 'null', '{}', '[{}]', '[{"cost": 1}]'])('ignores a damaged file: %s', (json) => {
  expect(readRenderTimes(json)).toEqual([]);
});

it('reads what is written', () => {
  expect(readRenderTimes(JSON.stringify([time()]))).toEqual([time()]);
});
