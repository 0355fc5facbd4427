import { describe, expect, it } from 'vitest';
import { actsOnNegative, isPooledModel, isSoft, unitActs, unitSteps } from '../../plan/controlnet.ts';

const whole = { start: 0, end: 1 };
const first = (step: number) => ({ step, callOfStep: 0 });

describe('unitActs', () => {
  const steps = { steps: 10 };
  /** The steps of ten whose first model call a unit acts on. */
  const acting = (unit: { start: number; end: number }) =>
    Array.from({ length: 10 }, (_, step) => step).filter((step) => unitActs(unit, first(step), steps));

  it('acts on all steps by default, and on those between its ends, both included', () => {
    expect(acting(whole)).toHaveLength(10);
    // A1111 counts a step after its first model call: step 4 still has the number 3.
    expect(acting({ start: 0.3, end: 1 })).toEqual([4, 5, 6, 7, 8, 9]);
    expect(acting({ start: 0, end: 0.3 })).toEqual([0, 1, 2, 3, 4]);
    expect(acting({ start: 0, end: 0 })).toEqual([0, 1]);
    expect(acting({ start: 1, end: 1 })).toEqual([]);
  });

  it('has the number of the step in its second model call', () => {
    const unit = { start: 0.3, end: 0.3 };
    expect(unitActs(unit, { step: 3, callOfStep: 0 }, steps)).toBe(false);
    expect(unitActs(unit, { step: 3, callOfStep: 1 }, steps)).toBe(true);
    expect(unitActs(unit, { step: 4, callOfStep: 0 }, steps)).toBe(true);
  });

  it('counts the steps that a run from an image makes', () => {
    // 0.5 of 20 steps are 11 with the one that A1111 adds.
    const sampling = { steps: 20, denoising: 0.5 };
    expect(unitActs({ start: 0.9, end: 1 }, first(10), sampling)).toBe(false);
    expect(unitActs({ start: 0.8, end: 1 }, first(10), sampling)).toBe(true);
  });
});

describe('the steps of a unit', () => {
  it('are those in which it acts on some model call, counted from 1', () => {
    const euler = { sampler: 'Euler', steps: 10 } as const;
    expect(unitSteps(whole, 10, euler)).toEqual({ first: 1, last: 10 });
    expect(unitSteps({ start: 0.3, end: 0.5 }, 10, euler)).toEqual({ first: 5, last: 7 });
    expect(unitSteps({ start: 0.3, end: 0.5 }, 10, { ...euler, sampler: 'Heun' })).toEqual({ first: 4, last: 7 });
    expect(unitSteps({ start: 1, end: 1 }, 10, euler)).toBeNull();
  });
});

describe('modes', () => {
  it('are as in sd-webui-controlnet', () => {
    expect((['balanced', 'prompt', 'control'] as const).map((mode) => isSoft({ mode }))).toEqual([false, true, true]);
    const acts = (mode: 'balanced' | 'prompt' | 'control', pooled = false) => actsOnNegative({ mode, pooled });
    expect([acts('balanced'), acts('prompt'), acts('control'), acts('balanced', true)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('takes the mean of residuals if the name of the file has “shuffle”', () => {
    expect(isPooledModel('control_v11e_sd15_Shuffle')).toBe(true);
    expect(isPooledModel('control_v11p_sd15_canny')).toBe(false);
  });
});
