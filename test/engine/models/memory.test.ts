import { describe, expect, it } from 'vitest';
import { longestWindow, memoryDemand } from '../../../engine/models/memory.ts';
import { cpu } from '../../../engine/onnx/session.ts';
import { fastestPlan, type MemoryParts, memoryNeeded, memoryParts } from '../../../plan/memory.ts';
import { controlUnit, smallPlan } from '../pipelines/plans.ts';

const models = {
  unet: { channels: [320, 640, 1280, 1280], unpackedBytes: 3e9, unpackedMotionBytes: 1e9, hasControlLora: false },
  vae: { channels: 128, unpackedBytes: 3e8 },
};
const plan = { ...(await smallPlan()), width: 512, height: 512 };
const demand = {
  window: 2,
  frames: 2,
  streams: true,
  width: 512,
  height: 512,
  channels: models.unet.channels,
  vaeChannels: 128,
  models: plan.models.checkpoint.size + plan.models.motionModule!.size,
  motion: true,
  atOnce: { calls: 2, frames: 2 },
};
describe('memoryDemand', () => {
  it('counts the weights where the device holds them', () => {
    expect(memoryDemand(plan, models, cpu(4))).toEqual(demand);
    const onGpu = memoryDemand(plan, models, { ...cpu(4), provider: 'cuda' });
    expect(onGpu.unpacked).toEqual({ unet: 3e9, motion: 1e9, vae: 3e8 });
    expect(memoryParts(onGpu, fastestPlan(onGpu)).unet).toBeGreaterThan(3e9);
  });

  it('counts the features that DeepCache keeps of each frame, with the prompt and without it', () => {
    const deep = { ...plan, sampling: { ...plan.sampling, deepCache: { interval: 3 } } };
    const kept = memoryDemand(deep, models, cpu(4));
    expect(kept).toEqual({ ...demand, keepsFeatures: true });
    const more = memoryParts(kept, fastestPlan(kept)).always - memoryParts(demand, fastestPlan(demand)).always;
    expect(more).toBe(2 * 2 * 320 * 64 * 64 * 4);
  });
});

describe('memoryDemand of ControlNets', () => {
  it('counts units, and the hints that each of them has', () => {
    const unit = controlUnit('canny', { path: '/canny', size: 100, mtimeMs: 1 });
    const shown = (picture: number) => ({ picture, weight: 1 });
    const controlled = {
      ...plan,
      control: { units: [unit, unit], pictures: [0, 1].map(() => ({ file: unit.file })) },
      frames: [
        [shown(0), shown(1)],
        [shown(1), null],
      ].map((controls, i) => ({ ...plan.frames[i]!, controls })),
    };
    const found = memoryDemand(controlled, models, cpu(4));
    expect(found).toEqual({ ...demand, models: demand.models + 100, controls: { units: 2, hints: 3 } });
    const withLora = memoryDemand(controlled, { ...models, unet: { ...models.unet, hasControlLora: true } }, cpu(4));
    expect(withLora.controls).toEqual({ units: 2, hints: 3, hasLora: true });
    expect(memoryNeeded(withLora)).toBeGreaterThan(memoryNeeded(found));
    const [needed, parts] = [found, demand].map((each) => memoryParts(each, fastestPlan(each))) as [
      MemoryParts,
      MemoryParts,
    ];
    expect(needed.unet).toBeGreaterThan(1.2 * parts.unet);
    // 320 channels of 64×64 in float32.
    expect(needed.always - parts.always).toBe(100 + 3 * 320 * 64 * 64 * 4);
  });
});

describe('longestWindow', () => {
  it('looks at every window of every step', () => {
    const window = (length: number) => ({ start: 0, stride: 1, length });
    const windows = [[window(2)], [window(1), window(5)], [window(3)]];
    expect(longestWindow({ context: { windows, fuse: 'flat', settings: null } })).toBe(5);
  });
});
