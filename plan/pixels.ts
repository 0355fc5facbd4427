import type { TravelPlan } from './plan.ts';

/**
 * The part of a plan that decides its pixels, except for what runs the models: without its text, its outputs and its
 * device. Plans that agree in it can continue each other's saved progress.
 */
export function pixelsOf(plan: TravelPlan) {
  const { name: _name, source: _source, rolled: _rolled, output: _output, device: _device, ...pixels } = plan;
  const { unload: _unload, ...models } = pixels.models;
  return { ...pixels, models };
}
