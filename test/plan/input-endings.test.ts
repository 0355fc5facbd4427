import { expect, it } from 'vitest';
import { SURE_VIDEO_ENDING } from '../../plan/input-endings.ts';

it.each([
  ['a.MP4', true],
  ['b.gif', true],
  ['c.apng', true],
  ['d.wmv', true],
  ['e.m2ts', true],
  // Most are still images.
  ['f.webp', false],
  // In an editor, TypeScript.
  ['g.ts', false],
  ['h.mts', false],
  ['i.png', false],
  ['j.txt', false],
])('a video is known by its name: %s', (name, expected) => {
  expect(SURE_VIDEO_ENDING.test(name)).toBe(expected);
});
