import { describe, expect, it } from 'vitest';
import { type Drag, draggedKeys, dragTo, editOf, startDrag } from '../../../webview/timeline/drag.ts';
import { richTimeline } from '../page/timelines.ts';

const { keys, frames } = richTimeline();
const drag = (kind: Drag['kind'], key: number, ...to: number[]): Drag =>
  to.reduce((moving, frame) => dragTo(moving, keys, frames, frame), startDrag(kind, keys, key));

describe('dragging', () => {
  it('makes one edit where it is dropped', () => {
    expect(editOf(drag('moveKey', 1, 11, 12, 13), keys)).toEqual({ kind: 'moveKey', index: 1, frame: 13 });
    expect(editOf(drag('moveHoldEnd', 0, 7), keys)).toEqual({ kind: 'moveHoldEnd', index: 0, frame: 7 });
    expect(editOf(drag('shiftKeys', 1, 8), keys)).toEqual({ kind: 'shiftKeys', index: 1, by: -2 });
  });

  it('makes no edit if it is dropped where it began', () => {
    expect(editOf(drag('moveKey', 1, 12, 10), keys)).toBeNull();
  });

  it('refers to keyframes as the text has them', () => {
    const shuffled = keys.map((key) => ({ ...key, index: 4 - key.index }));
    const moved = dragTo(startDrag('moveKey', shuffled, 1), shuffled, frames, 12);
    expect(editOf(moved, shuffled)).toMatchObject({ index: 3 });
  });

  it('stays inside the clip and off other keyframes', () => {
    expect(drag('moveKey', 1, 99).to).toBe(10);
    expect(drag('moveKey', 1, 29, 99).to).toBe(29);
    expect(drag('moveKey', 1, 12, 20).to).toBe(12);
    expect(drag('moveKey', 4, 99).to).toBe(31);
    expect(drag('moveHoldEnd', 0, 99).to).toBe(9);
    expect(drag('moveHoldEnd', 0, -5).to).toBe(0);
    expect(drag('shiftKeys', 1, 99).to).toBe(10);
    expect(drag('shiftKeys', 1, 0).to).toBe(5);
  });

  it('may pass other keyframes', () => {
    expect(drag('moveKey', 1, 26).to).toBe(26);
  });

  it('shows what would be', () => {
    const shifted = draggedKeys(keys, drag('shiftKeys', 1, 8));
    expect(shifted.map(({ frame }) => frame)).toEqual([0, 8, 16, 22, 29]);
    expect(draggedKeys(keys, drag('moveHoldEnd', 0, 7))[0]).toMatchObject({ frame: 0, holdEnd: 7 });
    expect(draggedKeys(keys, null)).toBe(keys);
  });
});
