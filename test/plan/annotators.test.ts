import { describe, expect, it } from 'vitest';
import {
  ANNOTATOR_ALIASES,
  ANNOTATORS,
  RESOLUTION,
  type Slider,
  sliderValue,
  sliderValues,
} from '../../plan/annotators.ts';

describe('annotators', () => {
  it('have sliders whose defaults are inside their ranges', () => {
    const sliders = [RESOLUTION, ...Object.values(ANNOTATORS).flatMap(({ sliders }) => Object.values<Slider>(sliders))];
    expect(sliders.length).toBeGreaterThan(5);
    for (const slider of sliders) expect(sliderValue(slider, slider.default), slider.label).toBe(slider.default);
  });

  it('have aliases that are no names of annotators', () => {
    for (const [alias, name] of Object.entries(ANNOTATOR_ALIASES)) {
      expect(ANNOTATORS).toHaveProperty(name);
      expect(ANNOTATORS).not.toHaveProperty(alias);
    }
  });

  it('take the default for a value that is missing or outside its slider', () => {
    expect(sliderValues('canny', {})).toEqual({ low: 100, high: 200 });
    expect(sliderValues('canny', { low: -1, high: 255, other: 3 })).toEqual({ low: 100, high: 255 });
    expect(sliderValues('canny', { low: 0, high: 256 })).toEqual({ low: 100, high: 200 });
    expect(sliderValues('canny', { low: Number.NaN, high: 1 })).toEqual({ low: 100, high: 1 });
    expect(sliderValue(RESOLUTION, 63)).toBe(512);
    expect(sliderValue(RESOLUTION, 64)).toBe(64);
  });
});
