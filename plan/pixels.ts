import type { TravelPlan } from './plan.ts';

/**
 * The part of a plan that decides its pixels, except for what runs the models: without its text, its outputs, its
 * device and its previews.
 */
export function pixelsOf(plan: TravelPlan) {
  const { name: _name, source: _source, rolled: _rolled, output: _output, device: _device, ...pixels } = plan;
  const { unload: _unload, motionDevice: _motionDevice, previewDecoder: _previewDecoder, ...models } = pixels.models;
  return { ...pixels, models };
}

/** The same as text: plans with the same key can continue each other's saved progress. */
export const pixelsKey = (plan: TravelPlan): string => JSON.stringify(pixelsOf(plan));
