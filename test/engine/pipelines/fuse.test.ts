import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WindowFuser } from '../../../engine/pipelines/fuse.ts';
import type { Fuse } from '../../../plan/fuse.ts';

const floats = (...values: number[]) => Float32Array.from(values);

function fused(fuse: Fuse, frames: number, windows: [positions: number[], prediction: Float32Array][]): Float32Array {
  const fuser = new WindowFuser(frames, 1, fuse);
  for (const [positions, prediction] of windows) fuser.add(positions, prediction);
  return fuser.result();
}

describe('WindowFuser', () => {
  const overlapping: [number[], Float32Array][] = [
    [[0, 1, 2, 3], floats(1, 1, 1, 1)],
    [[2, 3, 4, 0], floats(4, 4, 4, 4)],
  ];

  it('weighs by the pyramid', () => {
    // Frame 2 is third of the first window (2) and first of the second (1).
    expect(fused('pyramid', 5, overlapping)).toEqual(floats((1 + 4) / 2, 1, (2 + 4) / 3, (1 + 8) / 3, 4));
  });

  it('averages', () => {
    expect(fused('flat', 5, overlapping)).toEqual(floats(2.5, 1, 2.5, 2.5, 4));
  });

  it('uses the last window, whatever earlier ones contain', () => {
    expect(fused('overwrite', 5, overlapping)).toEqual(floats(4, 1, 4, 4, 4));
    const broken: [number[], Float32Array] = [[0, 1, 2, 3, 4], new Float32Array(5).fill(Number.NaN)];
    expect(fused('overwrite', 5, [broken, ...overlapping])).toEqual(floats(4, 1, 4, 4, 4));
  });

  it('keeps the values of a frame together', () => {
    const fuser = new WindowFuser(2, 3, 'flat');
    fuser.add([1, 0], floats(1, 2, 3, 4, 5, 6));
    expect(fuser.result()).toEqual(floats(4, 5, 6, 1, 2, 3));
  });

  it('rejects uncovered frames, frames outside the clip and truncated predictions', () => {
    expect(() => fused('pyramid', 4, [[[0, 2], floats(1, 1)]])).toThrow(/covers frame 1, 3/);
    expect(() => fused('flat', 2, [[[1, 2], floats(1, 1)]])).toThrow(/frame 2 of a clip that has 2 frames/);
    expect(() => fused('flat', 2, [[[0, 1], floats(1)]])).toThrow(/2 frames of 1 values.*prediction of 1/);
  });

  it('keeps a single window’s prediction exactly, and stays between those of several', () => {
    const prediction = fc.float32Array({ minLength: 6, maxLength: 6, noNaN: true, min: -100, max: 100 });
    const positions = [3, 4, 5, 0, 1, 2];
    fc.assert(
      fc.property(fc.constantFrom<Fuse>('pyramid', 'flat', 'overwrite'), prediction, prediction, (fuse, a, b) => {
        const inOrder = Float32Array.from(positions.keys(), (frame) => a[positions.indexOf(frame)]!);
        expect([...fused(fuse, 6, [[positions, a]])].map(Math.abs)).toEqual([...inOrder].map(Math.abs));
        fused(fuse, 6, [
          [positions, a],
          [[0, 1, 2, 3, 4, 5], b],
        ]).forEach((value, frame) => {
          expect(value).toBeGreaterThanOrEqual(Math.min(inOrder[frame]!, b[frame]!));
          expect(value).toBeLessThanOrEqual(Math.max(inOrder[frame]!, b[frame]!));
        });
      }),
    );
  });
});
