import { describe, expect, it } from 'vitest';
import type { RenderResult } from '../../protocol/engine.ts';
import { clipOf, resultText } from '../../rendering/render-text.ts';
import { planOf } from './plans.ts';

const timings = { total: 31, load: 0, encode: 0, sample: 0, decode: 0, write: 0, runtime: 0 };
const done: RenderResult = { ok: true, files: ['/a.webp'], timings, device: 'CPU' };

describe('resultText', () => {
  it('ends with the device', () => {
    expect(resultText(clipOf(planOf()), done)).toBe('1 frame, seed 1, in 0:31 on CPU');
  });

  it('says after which step a render was stopped', () => {
    const stopped: RenderResult = { ...done, stoppedAfter: 2 };
    expect(resultText(clipOf(planOf()), stopped)).toBe('1 frame, seed 1, in 0:31 on CPU, stopped after step 2 of 3');
  });

  it('has one more line about a GPU that was not used', () => {
    expect(resultText(clipOf(planOf()), { ...done, passedOver: 'cuda' })).toBe(
      '1 frame, seed 1, in 0:31 on CPU\nA GPU was found, but not used. `device: cuda` uses it, or reports why it cannot be used.',
    );
  });
});
