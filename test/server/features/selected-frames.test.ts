import { describe, expect, it } from 'vitest';
import { selectedFramesOf } from '../../../server/features/selected-frames.ts';
import { analyze } from '../hosts.ts';

/** @param marked text with `‸` at the start and, unless it is a cursor, at the end of the selection */
function selected(marked: string) {
  const [before, ...rest] = marked.split('‸');
  const text = [before, ...rest].join('');
  const analysis = analyze(text);
  const start = before!.length;
  const end = rest.length > 1 ? start + rest[0]!.length : start;
  return selectedFramesOf(analysis, analysis.rangeOf({ start, end }));
}

const HEAD = '---\nframes: 32\n---\nhead\n\n';

describe('selected frames', () => {
  it.each([
    ['a cursor in a keyframe', `${HEAD}0: a\n8: b‸b\n20: c\n`, 8, 8, 19],
    ['a cursor in a comment after it', `${HEAD}0: a\n8: bb # no‸te\n20: c\n`, 8, 8, 19],
    ['a cursor in a continued line', `${HEAD}0: a\n8: b\n  more‸\n20: c\n`, 8, 8, 19],
    ['the last keyframe', `${HEAD}0: a\n20: c‸\n`, 20, 20, 31],
    ['several keyframes', `${HEAD}0: ‸a\n8: b‸\n20: c\n`, 0, 0, 19],
    ['whole lines', `${HEAD}‸0: a\n8: b\n‸20: c\n`, 0, 0, 19],
    ['keyframes that are not in order', `${HEAD}20: ‸c\n8: b‸\n28: d\n0: a\n`, 20, 8, 27],
    ['the head', `---\nframes: 32\n---\nhe‸ad\n\n4: a\n8: b\n`, 4, 0, 31],
    ['the tail', `${HEAD}0: a\n8: b\n\nta‸il\n`, 8, 0, 31],
    ['between two keyframes, nearer to the second', `${HEAD}0: a\n\n\n\n‸\n8: b\n`, 8, 0, 31],
    ['no keyframes', `${HEAD}‸a\n`, 0, 0, 31],
    ['an empty text', '‸', 0, 0, 15],
    ['a webui file', '---\ndialect: webui\nframes: 32\n---\n0: a\n16: ‸b\n', 16, 16, 31],
    ['a closed loop', '---\nclosed_loop: A\nreverse: [add]\nframes: 8\n---\n0: a\n4: ‸b\n', 4, 4, 7],
  ])('of %s', (_, marked, nearest, from, to) => {
    expect(selected(marked)).toMatchObject({ nearest, from, to });
  });

  it('do not count keyframes outside of the clip', () => {
    expect(selected(`${HEAD}0: a\n40: ‸b\nx: c\n`)).toEqual({ frames: 32, nearest: 0, from: 0, to: 31 });
  });

  it('are found quickly among a hundred thousand keyframes', () => {
    const keys = Array.from({ length: 100_000 }, (_, i) => `${i}: a\n`).join('');
    expect(selected(`---\nframes: 100000\n---\n‸${keys}‸`)).toMatchObject({ from: 0, to: 99_999 });
  });
});
