import { expect, it } from 'vitest';
import { parseFrameRange } from '../../plan/frame-range.ts';

it.each([
  ['4-7', { from: 4, to: 7 }],
  [' 7 ', { from: 7, to: 7 }],
  ['0 – 15', { from: 0, to: 15 }],
])('reads “%s”', (text, range) => {
  expect(parseFrameRange(text, 16)).toEqual({ ok: true, range });
});

it.each([
  ['', /first and the last frame/],
  ['4-', /first and the last frame/],
  ['-4', /first and the last frame/],
  ['4..7', /first and the last frame/],
  ['7-4', /Did you mean 4-7\?/],
  ['4-16', /Frame 16 is after the end of the clip, which has frames 0 to 15/],
])('refuses “%s”', (text, message) => {
  expect(parseFrameRange(text, 16)).toEqual({ ok: false, message: expect.stringMatching(message) });
});

it('takes any frame if the length of the clip is not known', () => {
  expect(parseFrameRange('4-1600').ok).toBe(true);
});
