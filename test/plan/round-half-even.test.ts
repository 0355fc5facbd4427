import { expect, it } from 'vitest';
import { roundHalfEven } from '../../plan/round-half-even.ts';

it.each([
  [0.5, 0],
  [1.5, 2],
  [2.5, 2],
  [292.5, 292],
  [2.4999, 2],
  [2.5001, 3],
  [-0.5, 0],
  [-1.5, -2],
  [7, 7],
])('rounds %d to %d', (value, rounded) => {
  expect(roundHalfEven(value) + 0).toBe(rounded);
});
