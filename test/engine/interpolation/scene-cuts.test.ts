import { describe, expect, it } from 'vitest';
import { blended, repeated } from '../../../engine/interpolation/mix.ts';
import { brightness, sceneCuts } from '../../../engine/interpolation/scene-cuts.ts';

const [WIDTH, HEIGHT] = [40, 24];
/** A wide bright bar on a dark ground. */
const bar = (left: number, ground = 40, light = 200) =>
  Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => {
    const x = Math.floor(i / 3) % WIDTH;
    return x >= left && x < left + 12 ? light : ground;
  });
const gapsOf = (frames: readonly Uint8Array[]) => {
  const known = frames.map((rgb) => brightness(rgb, WIDTH));
  return known.slice(1).map((frame, i) => [known[i]!, frame] as const);
};

describe('sceneCuts', () => {
  it('finds the gap between two scenes, with its numbers', () => {
    const frames = [bar(2), bar(3), bar(4), bar(4, 230, 20), bar(5, 230, 20), bar(6, 230, 20)];
    const [cut, ...others] = sceneCuts(gapsOf(frames));
    expect(others).toEqual([]);
    expect(cut).toMatchObject({ gap: 2 });
    expect(cut!.difference).toBeGreaterThan(100);
    expect(cut!.usual).toBeLessThan(20);
  });

  it('takes neither motion for a cut, nor a clip that always changes, nor the only gap', () => {
    const moving = Array.from({ length: 8 }, (_, i) => bar(3 * i));
    expect(sceneCuts(gapsOf(moving))).toEqual([]);
    const flashing = Array.from({ length: 8 }, (_, i) => bar(2, 20 + 100 * (i % 2)));
    expect(sceneCuts(gapsOf(flashing))).toEqual([]);
    expect(sceneCuts(gapsOf([bar(2), bar(2, 230, 20)]))).toEqual([]);
    const fading = [40, 40, 40, 40, 80, 120, 160, 160, 160, 160].map((ground) => bar(2, ground));
    expect(sceneCuts(gapsOf(fading))).toEqual([]);
    const still = [bar(2), bar(2), bar(2), bar(2, 50)];
    expect(sceneCuts(gapsOf(still))).toEqual([]);
  });
});

describe('new frames without a model', () => {
  const [black, white] = [0, 255].map((value) => new Uint8Array(3).fill(value)) as [Uint8Array, Uint8Array];

  it('fade linearly', () => {
    expect(blended(black, white, 3).map(([value]) => value)).toEqual([64, 128, 191]);
  });

  it('are the nearer of two frames across a cut, the one in the middle the first', () => {
    expect(repeated(black, white, 3)).toEqual([black, black, white]);
    expect(repeated(black, white, 4)).toEqual([black, black, white, white]);
  });
});
