import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { folderTimes, mostFrames, type SourceRange, type SourceTimes, shownFrame } from '../../plan/source-time.ts';

const WHOLE: SourceRange = { from: 0, to: null, repeat: false };

/** A video of even frames. */
const even = (frames: number, fps: number): SourceTimes => ({
  starts: Array.from({ length: frames }, (_, i) => i / fps),
  end: frames / fps,
});

const shown = (source: SourceTimes, range: SourceRange, frames: number, fps: number) =>
  Array.from({ length: frames }, (_, i) => shownFrame(source, range, i / fps));

describe('shownFrame', () => {
  it('shows what is on screen at the time of a frame', () => {
    expect(shown(even(48, 24), WHOLE, 5, 8)).toEqual([0, 3, 6, 9, 12]);
    expect(shown(even(48, 24), { ...WHOLE, from: 0.51 }, 3, 8)).toEqual([12, 15, 18]);
    expect(shown(even(10, 5), WHOLE, 6, 8)).toEqual([0, 0, 1, 1, 2, 3]);
  });

  it('shows every frame once at the own rate of a video, whatever its fraction and the rounding of its times', () => {
    const rate = 24000 / 1001;
    const rounded = { starts: Array.from({ length: 48 }, (_, k) => Math.round((k * 1000) / rate) / 1000), end: 2.002 };
    const all = Array.from({ length: 48 }, (_, k) => k);
    expect(shown(rounded, WHOLE, 48, rate)).toEqual(all);
    expect(shown(rounded, WHOLE, 48, 23.976)).toEqual(all);
  });

  it('keeps a frame on screen until the next one starts', () => {
    const source = { starts: [0, 0.04, 0.5, 1.9], end: 2 };
    expect(shown(source, WHOLE, 8, 4)).toEqual([0, 1, 2, 2, 2, 2, 2, 2]);
  });

  it('ends with the part, or starts it again', () => {
    const part = { from: 0.5, to: 1, repeat: false };
    expect(shown(even(48, 24), part, 5, 8)).toEqual([12, 15, 18, 21, null]);
    expect(shown(even(48, 24), { ...part, repeat: true }, 6, 8)).toEqual([12, 15, 18, 21, 12, 15]);
    expect(shownFrame(even(48, 24), { ...WHOLE, from: 3 }, 0)).toBeNull();
  });

  it('plays a folder at the rate of the clip', () => {
    expect(shown(folderTimes(12, 8), { ...WHOLE, from: 0.5 }, 8, 8)).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('agrees with mostFrames, and never goes back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 1, max: 60, noNaN: true }),
        fc.double({ min: 1, max: 60, noNaN: true }),
        (frames, sourceFps, fps) => {
          const source = even(frames, sourceFps);
          const most = mostFrames(source, WHOLE, fps);
          const found = shown(source, WHOLE, most + 2, fps);
          expect(found.filter((frame) => frame !== null)).toHaveLength(most);
          expect(found.slice(0, most)).toEqual([...found.slice(0, most)].sort((a, b) => a! - b!));
        },
      ),
    );
  });
});
