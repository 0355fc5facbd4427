import { describe, expect, it } from 'vitest';
import { Timeline } from '../../protocol/timeline.ts';

const KEY = { line: 3, index: 0, frame: 8, holdEnd: 8, transition: 'linear', text: 'a fox', negative: '' };
const TIMELINE = {
  ...{
    frames: 16,
    fps: 8,
    width: 64,
    height: 64,
    steps: 20,
    settingSteps: 20,
    keys: [KEY],
    mix: { closed: false, plain: [0] },
  },
  ...{ lanes: [{ name: 'cfg_scale', kind: 'number', values: [7] }], problems: [] },
};

describe('a timeline', () => {
  it('is understood', () => {
    expect(Timeline.parse(TIMELINE)).toEqual(TIMELINE);
  });

  it.each<[string, unknown]>([
    ['a line that is not a number', { ...KEY, line: '3' }],
    ['a negative frame', { ...KEY, frame: -1 }],
    ['half a frame', { ...KEY, holdEnd: 8.5 }],
    ['a frame that is not finite', { ...KEY, frame: Number.POSITIVE_INFINITY }],
    ['a text that is not text', { ...KEY, text: null }],
    ['something else', { ...KEY, html: '<b>' }],
    ['something missing', { ...KEY, negative: undefined }],
    ['nothing', null],
    ['a list', [KEY]],
  ])('has no keyframe with %s', (_name, key) => {
    expect(Timeline.safeParse({ ...TIMELINE, keys: [KEY, key] }).success).toBe(false);
  });

  it.each([[['0']], [[Number.NaN]], [[null]], ['000'], [{ length: 0 }]])('has no mix as %j', (mix) => {
    expect(Timeline.safeParse({ ...TIMELINE, mix: { closed: false, plain: mix } }).success).toBe(false);
    expect(Timeline.safeParse({ ...TIMELINE, keys: mix }).success).toBe(false);
  });
});
