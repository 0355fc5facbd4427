import { describe, expect, it } from 'vitest';
import { keyframeColour } from '../../protocol/keyframe-colour.ts';

const hue = (index: number) => Number(/^hsl\((\d+) /.exec(keyframeColour(index))?.[1]);

describe('keyframeColour', () => {
  it('gives neighbours, and their neighbours, hues that are far apart', () => {
    for (let i = 0; i < 500; i++) {
      for (const other of [i + 1, i + 2, i + 3]) {
        const distance = Math.abs(hue(i) - hue(other));
        expect(Math.min(distance, 360 - distance)).toBeGreaterThan(50);
      }
    }
  });
});
