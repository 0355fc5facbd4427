import { describe, expect, it } from 'vitest';
import { ACTUAL_SIZE, FIT, pan, place, zoomAt } from '../../../webview/player/zoom.ts';

const STAGE = { width: 400, height: 300 };
const PICTURE = { width: 200, height: 100 };

describe('place', () => {
  it('fits the picture into the stage, in the middle', () => {
    const at = place(FIT, STAGE, PICTURE, 0);
    expect(at).toEqual({ x: 0, y: 50, width: 400, height: 200, factor: 2 });
  });

  it('shows a pixel as a pixel at 100 %', () => {
    expect(place(ACTUAL_SIZE, STAGE, PICTURE)).toEqual({ x: 100, y: 100, width: 200, height: 100, factor: 1 });
  });

  it('survives a stage without room', () => {
    expect(place(FIT, { width: 0, height: 0 }, PICTURE).factor).toBeGreaterThan(0);
  });
});

describe('zoomAt', () => {
  it('keeps the point under the pointer', () => {
    const from = place(ACTUAL_SIZE, STAGE, PICTURE);
    const pointer = { x: 230, y: 140 };
    const to = place(zoomAt(from, STAGE, pointer, 3), STAGE, PICTURE);
    expect(to.factor).toBe(3);
    expect((pointer.x - to.x) / to.factor).toBeCloseTo((pointer.x - from.x) / from.factor, 6);
    expect((pointer.y - to.y) / to.factor).toBeCloseTo((pointer.y - from.y) / from.factor, 6);
  });

  it('has limits', () => {
    const from = place(ACTUAL_SIZE, STAGE, PICTURE);
    const factor = (by: number) => place(zoomAt(from, STAGE, { x: 0, y: 0 }, by), STAGE, PICTURE).factor;
    expect(factor(1e9)).toBe(32);
    expect(factor(1e-9)).toBe(0.05);
  });
});

it('a picture cannot be dragged out of sight', () => {
  const from = place(ACTUAL_SIZE, STAGE, PICTURE);
  const to = place(pan(from, STAGE, { x: 10_000, y: 10_000 }), STAGE, PICTURE);
  expect([to.x, to.y]).toEqual([200, 150]);
});
