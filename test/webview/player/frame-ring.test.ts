import { describe, expect, it } from 'vitest';
import { FrameRing } from '../../../webview/player/frame-ring.ts';

class Picture {
  closed = 0;

  close(): void {
    this.closed++;
  }
}

function filled(capacity: number, frames: readonly number[]) {
  const ring = new FrameRing<Picture>(capacity);
  const pictures = new Map(frames.map((frame) => [frame, new Picture()]));
  for (const [frame, picture] of pictures) ring.set(frame, picture);
  return { ring, pictures };
}

describe('FrameRing', () => {
  it('never holds more than its capacity, and closes what it drops exactly once', () => {
    const { ring, pictures } = filled(
      4,
      Array.from({ length: 50 }, (_, i) => i),
    );
    expect(ring.size).toBe(4);
    const closed = [...pictures.values()].map((picture) => picture.closed);
    expect(closed.filter((count) => count === 1)).toHaveLength(46);
    expect(closed.filter((count) => count > 1)).toEqual([]);
  });

  it('keeps what is wanted', () => {
    const { ring } = filled(3, [7, 8, 9]);
    expect(ring.want([8, 9, 10])).toEqual([10]);
    ring.set(10, new Picture());
    expect([7, 8, 9, 10].map((frame) => ring.get(frame) !== undefined)).toEqual([false, true, true, true]);
  });

  it('drops what is wanted last if all of it is wanted', () => {
    const { ring } = filled(2, []);
    ring.want([1, 2, 3]);
    for (const frame of [3, 2, 1]) ring.set(frame, new Picture());
    expect([1, 2, 3].map((frame) => ring.get(frame) !== undefined)).toEqual([true, true, false]);
  });

  it('closes everything when it is cleared, and what is replaced', () => {
    const { ring, pictures } = filled(3, [1, 2]);
    ring.set(1, new Picture());
    expect(pictures.get(1)!.closed).toBe(1);
    ring.clear();
    expect(ring.size).toBe(0);
    expect(pictures.get(2)!.closed).toBe(1);
  });
});
