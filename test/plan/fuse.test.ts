import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { WindowFuser } from '../../engine/pipelines/fuse.ts';
import { stepWindows } from '../../grammar/time/windows.ts';
import { fuseWeights, windowsAround } from '../../plan/fuse.ts';
import { windowPositions } from '../../plan/windows.ts';
import { REFERENCE_FOLDER } from '../golden/folder.ts';

describe('fuseWeights', () => {
  it('matches the pyramids of the reference cases', () => {
    const { weights } = z
      .looseObject({ weights: z.record(z.string(), z.array(z.number())) })
      .parse(JSON.parse(readFileSync(join(REFERENCE_FOLDER, 'contexts/ade_windows.json'), 'utf8')));
    const pyramids = Object.entries(weights).filter(([name]) => name.startsWith('pyramid/'));
    expect(pyramids.length).toBeGreaterThan(2);
    for (const [name, expected] of pyramids) {
      expect(fuseWeights(Number(name.split('/')[1]), 'pyramid'), name).toEqual(expected);
    }
  });

  it('is flat for `flat`', () => {
    expect(fuseWeights(3, 'flat')).toEqual([1, 1, 1]);
  });
});

describe('windowsAround', () => {
  it('gives the shares with which the engine fuses the windows of a frame', () => {
    const clips = fc.record({
      frames: fc.integer({ min: 17, max: 60 }),
      stride: fc.integer({ min: 1, max: 3 }),
      step: fc.nat(5),
      closedLoop: fc.constantFrom('N' as const, 'R-P' as const, 'A' as const),
      fuse: fc.constantFrom('pyramid' as const, 'flat' as const, 'overwrite' as const),
    });
    fc.assert(
      fc.property(clips, ({ frames, stride, step, closedLoop, fuse }) => {
        const grid = {
          frames,
          context: 16,
          stride,
          overlap: 4,
          closedLoop,
          schedule: 'uniform',
          dialect: 'travel',
        } as const;
        const windows = stepWindows(grid, step);
        const fuser = new WindowFuser(frames, 1, fuse);
        // Each window predicts its number.
        windows.forEach((window, i) => {
          fuser.add(windowPositions(window, frames), new Float32Array(window.length).fill(i + 1));
        });
        const fused = fuser.result();
        for (let frame = 0; frame < frames; frame++) {
          const around = windowsAround(frame, windows, frames, fuse);
          const numbers = windows.flatMap((window, i) =>
            windowPositions(window, frames).includes(frame) ? [i + 1] : [],
          );
          expect(around.map(({ positions }) => positions)).toEqual(
            numbers.map((number) => windowPositions(windows[number - 1]!, frames)),
          );
          expect(around.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
          expect(around.reduce((sum, { share }, i) => sum + share * numbers[i]!, 0)).toBeCloseTo(fused[frame]!, 3);
        }
      }),
    );
  });
});
