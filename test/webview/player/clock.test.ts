import { describe, expect, it } from 'vitest';
import {
  advance,
  type Clock,
  playedRange,
  SPEEDS,
  STOPPED,
  seek,
  setRangeEnd,
  shownFrame,
  togglePlaying,
  upcomingFrames,
} from '../../../webview/player/clock.ts';

const CLIP = { frames: 4, fps: 8 };
const playing = (part: Partial<Clock> = {}): Clock => ({ ...STOPPED, playing: true, ...part });

/** The frames that are shown, looked at in the middle of each. */
function shown(clock: Clock, count: number, clip = CLIP): number[] {
  let now = advance(clock, 0.5 / (clip.fps * clock.speed), clip);
  return Array.from({ length: count }, () => {
    const frame = shownFrame(now, clip.frames);
    now = advance(now, 1 / (clip.fps * clock.speed), clip);
    return frame;
  });
}

describe('advance', () => {
  it('does nothing while stopped', () => {
    expect(advance(STOPPED, 10, CLIP)).toBe(STOPPED);
  });

  it('shows each frame for its duration', () => {
    expect(shownFrame(advance(playing(), 0.124, CLIP), 4)).toBe(0);
    expect(shownFrame(advance(playing(), 0.126, CLIP), 4)).toBe(1);
  });

  it('loops', () => {
    expect(shown(playing(), 9)).toEqual([0, 1, 2, 3, 0, 1, 2, 3, 0]);
  });

  it('plays there and back, each end once', () => {
    expect(shown(playing({ loop: 'ping-pong' }), 13)).toEqual([0, 1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0]);
  });

  it('plays there and back in one jump as in many', () => {
    const parts = Array.from({ length: 70 }).reduce<Clock>(
      (clock) => advance(clock, 0.031, CLIP),
      playing({ loop: 'ping-pong' }),
    );
    const jump = advance(playing({ loop: 'ping-pong' }), 70 * 0.031, CLIP);
    expect(parts.position).toBeCloseTo(jump.position, 6);
    expect(parts.direction).toBe(jump.direction);
  });

  it('stops at the end if it plays once', () => {
    expect(advance(playing({ loop: 'once' }), 10, CLIP)).toMatchObject({ playing: false, position: 3 });
  });

  it('plays a range only', () => {
    expect(shown(playing({ range: { first: 1, last: 2 } }), 5)).toEqual([1, 2, 1, 2, 1]);
    expect(shown(playing({ range: { first: 1, last: 2 }, loop: 'ping-pong' }), 5)).toEqual([1, 2, 1, 2, 1]);
  });

  it('goes on in a clip that has become shorter', () => {
    const clock = playing({ position: 9.5, range: { first: 8, last: 12 } });
    expect(shownFrame(advance(clock, 0.01, CLIP), 4)).toBe(0);
  });

  it.each(['loop', 'ping-pong', 'once'] as const)('shows the only frame of a still image (%s)', (loop) => {
    expect(shownFrame(advance(playing({ loop }), 3.3, { frames: 1, fps: 8 }), 1)).toBe(0);
  });

  it('plays at every speed', () => {
    for (const speed of SPEEDS) expect(shown(playing({ speed }), 5)).toEqual([0, 1, 2, 3, 0]);
    expect(shownFrame(advance(playing({ speed: 2 }), 0.125, CLIP), 4)).toBe(2);
  });
});

describe('the playhead', () => {
  it('stays inside the clip', () => {
    expect(seek(STOPPED, 99, 4).position).toBe(3);
    expect(seek(STOPPED, -1, 4).position).toBe(0);
    expect(shownFrame({ ...STOPPED, position: 99 }, 4)).toBe(3);
  });

  it('starts again at the end of a clip that plays once', () => {
    expect(togglePlaying({ ...STOPPED, loop: 'once', position: 3 }, 4)).toMatchObject({ playing: true, position: 0 });
    expect(togglePlaying({ ...STOPPED, loop: 'loop', position: 3 }, 4)).toMatchObject({ playing: true, position: 3 });
  });
});

describe('the loop range', () => {
  it('is set at both ends, and the same end again takes it back', () => {
    const from = setRangeEnd({ ...STOPPED, position: 1 }, 'first', 8);
    expect(from.range).toEqual({ first: 1, last: 7 });
    const both = setRangeEnd({ ...from, position: 4 }, 'last', 8);
    expect(both.range).toEqual({ first: 1, last: 4 });
    expect(setRangeEnd({ ...both, position: 4 }, 'last', 8).range).toEqual({ first: 1, last: 7 });
  });

  it('is never empty', () => {
    const clock = { ...STOPPED, position: 6, range: { first: 1, last: 4 } };
    expect(setRangeEnd(clock, 'first', 8).range).toEqual({ first: 6, last: 7 });
  });

  it('is the whole clip if the clip has become shorter than it', () => {
    expect(playedRange({ first: 5, last: 9 }, 4)).toEqual({ first: 0, last: 3 });
    expect(playedRange({ first: 2, last: 9 }, 4)).toEqual({ first: 2, last: 3 });
  });
});

describe('upcomingFrames', () => {
  it('has the frames in the order in which they are shown', () => {
    expect(upcomingFrames({ ...STOPPED, position: 2 }, 4, 9)).toEqual([2, 3, 0, 1]);
    expect(upcomingFrames({ ...STOPPED, position: 2, loop: 'ping-pong' }, 4, 9)).toEqual([2, 3, 1, 0]);
    expect(upcomingFrames({ ...STOPPED, position: 2, loop: 'once' }, 4, 9)).toEqual([2, 3]);
    expect(upcomingFrames({ ...STOPPED, position: 2 }, 300, 3)).toEqual([2, 3, 4]);
  });

  it('is fast for long clips', () => {
    expect(upcomingFrames({ ...STOPPED, position: 5 }, 200_000, 32)).toHaveLength(32);
  });
});
