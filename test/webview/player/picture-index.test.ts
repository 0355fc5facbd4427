import { describe, expect, it } from 'vitest';
import { pictureIndex, playedLength } from '../../../webview/player/picture-index.ts';

describe('the picture of a frame', () => {
  it('is its own in a clip with the same speed', () => {
    expect([0, 1.9, 31].map((position) => pictureIndex(position, 8, { frames: 32, fps: 8 }))).toEqual([0, 1, 31]);
  });

  it('is its own although GIF rounds durations to hundredths of a second', () => {
    expect(pictureIndex(31, 8, { frames: 32, fps: 1000 / 120 })).toBe(31);
  });

  it('is one of several in an interpolated clip', () => {
    const clip = { frames: 32 + 31 * 3, fps: 32 };
    expect([0, 0.25, 1, 1.5, 31].map((position) => pictureIndex(position, 8, clip))).toEqual([0, 1, 4, 6, 124]);
  });

  it('is none after the end of the clip', () => {
    expect(pictureIndex(32, 8, { frames: 32, fps: 8 })).toBe(-1);
  });
});

describe('playedLength', () => {
  it('is the text’s, or the clip’s if that lasts longer', () => {
    const text = { frames: 32, fps: 8 };
    expect(playedLength(text, null)).toEqual(text);
    expect(playedLength(text, { frames: 125, fps: 32 })).toEqual({ frames: 32, fps: 8 });
    expect(playedLength(text, { frames: 62, fps: 8 })).toEqual({ frames: 62, fps: 8 });
    expect(playedLength({ frames: 48, fps: 8 }, { frames: 32, fps: 8 })).toEqual({ frames: 48, fps: 8 });
    expect(playedLength(null, { frames: 5, fps: 12 })).toEqual({ frames: 5, fps: 12 });
  });
});
