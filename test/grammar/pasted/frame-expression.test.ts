import { describe, expect, it } from 'vitest';
import { evaluateFrame } from '../../../grammar/pasted/frame-expression.ts';

describe('the frame of a key', () => {
  it.each([
    ['0', 0],
    ['024', 24],
    ['7.5', 8],
    ['7.4', 7],
    ['-1', -1],
    ['+24', 24],
    ['max_f/2', 24],
    ['max_f - 1', 47],
    ['max_f*1/3', 16],
    ['max_f×0.75', 36],
    ['max_f ÷ 5', 9],
    ['(max_f−8)/2 + 2', 22],
  ])('%s of 48 frames is %d', (key, frame) => {
    expect(evaluateFrame(key, 48)).toBe(frame);
  });

  it.each(['', 'a', '1 2', 'max_f/', '(1', '1)', '1/0', 'max_f.length', '1e1', '('.repeat(61)])(
    '%j is not a frame',
    (key) => {
      expect(evaluateFrame(key, 48)).toBeNull();
    },
  );
});
