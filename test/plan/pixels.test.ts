import { expect, it } from 'vitest';
import { pixelsKey } from '../../plan/pixels.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import { planOf } from '../engine/media/fixtures.ts';

const FILE = { path: '/m/x.pt', size: 1, mtimeMs: 1 };
const plan = planOf();
const withModels = (models: Partial<TravelPlan['models']>): TravelPlan => ({
  ...plan,
  models: { ...plan.models, ...models },
});

it.each<[string, TravelPlan, boolean]>([
  ['another VAE', withModels({ vae: FILE }), false],
  ['another clip skip', withModels({ clipSkip: plan.models.clipSkip + 1 }), false],
  ["a decoder for the render's previews", withModels({ previewDecoder: FILE }), true],
  ['a device for the motion module', withModels({ motionDevice: 'cpu' }), true],
  ['another name', { ...plan, name: 'other' }, true],
])('the key of the pixels with %s', (_, changed, isSame) => {
  expect(pixelsKey(changed) === pixelsKey(plan)).toBe(isSame);
});
