import { describe, expect, it } from 'vitest';
import { crlf, edited, file, hold, insert, move, outcome, setTo } from './edits.ts';

describe('moving a keyframe', () => {
  it.each([
    ['8: a', 10, '10: a'],
    ['50%: a', 4, '25%: a'],
    ['50%: a', 10, '62.5%: a'],
    ['50%: a', 8, '50%: a'],
    ['1s: a', 12, '1.5s: a'],
    ['1s: a', 9, '1.125s: a'],
    ['1000ms: a', 12, '1500ms: a'],
    ['500ms: a', 9, '1125ms: a'],
    ['-1: a', 15, '-2: a'],
    ['-1: a', 0, '-17: a'],
    ['008: a', 10, '10: a'],
    ['4-8: a', 6, '6-10: a'],
    ['4 - 8\tcut : a', 6, '6 - 10\tcut : a'],
    ['25%-1s: a', 8, '50%-1.5s: a'],
    ['-4--2: a', 10, '-7--5: a'],
    ['  8:a  # note', 10, '  10:a  # note'],
    ['8 cubic-bezier(0.3, 0, 0.7, 1): (a:1.2)', 10, '10 cubic-bezier(0.3, 0, 0.7, 1): (a:1.2)'],
    ['50%:3d', 5, '31.25%:3d'],
  ])('writes %s at frame %i as %s', (before, frame, after) => {
    expect(edited(file(`${before}\n`), move(0, frame))).toBe(file(`${after}\n`));
    expect(edited(file(`${before}\r\n`).replaceAll(/\r?\n/g, '\r\n'), move(0, frame))).toBe(
      file(`${after}\n`).replaceAll('\n', '\r\n'),
    );
  });

  it('writes a frame where the notation would round', () => {
    const at7 = (body: string) => `---\nframes: 32\nfps: 7\n---\n${body}\n`;
    expect(edited(at7('50%: a'), move(0, 20))).toBe(at7('20: a'));
    expect(edited(at7('1s: a'), move(0, 8))).toBe(at7('8: a'));
    expect(edited(at7('50%:3d'), move(0, 20))).toBe(at7('20: 3d'));
  });

  it.each([
    ['forward', '0: a\n4: b\n8: c\n', move(0, 6), '4: b\n6: a\n8: c\n'],
    ['to the end', '0: a\n4: b\n8: c', move(0, 12), '4: b\n8: c\n12: a'],
    ['from the end', '0: a\n4: b\n8: c', move(2, 2), '0: a\n2: c\n4: b'],
    ['to the start', '1: a\n4: b\n', move(1, 0), '0: b\n1: a\n'],
    [
      'with its lines',
      '0: a\n# on b\n4: b\n  and on\n  # in\n  end\n8: c\n',
      move(1, 9),
      '0: a\n8: c\n# on b\n9: b\n  and on\n  # in\n  end\n',
    ],
    [
      'between groups',
      'head\n\n# 1\n0: a\n4: b\n\n# 2\n8: c\n\ntail\n',
      move(1, 9),
      'head\n\n# 1\n0: a\n\n# 2\n8: c\n9: b\n\ntail\n',
    ],
    ['with a comment below', '0: a\n# of a\n\n4: b\n', move(0, 8), '\n4: b\n8: a\n# of a\n'],
    ['with brackets', '0: (a\nb)\n4: c\n', move(0, 8), '4: c\n8: (a\nb)\n'],
  ])('past another one moves its lines: %s', (_, before, edit, after) => {
    expect(edited(file(before), edit)).toBe(file(after));
    expect(edited(crlf(file(before)), edit)).toBe(crlf(file(after)));
  });

  it('keeps the lines of a file that is not in order in their places', () => {
    expect(edited(file('8: a\n0: b\n4: c\n'), move(1, 6))).toBe(file('8: a\n6: b\n4: c\n'));
  });

  it.each([
    ['0: a\n8: b\n', move(0, 8), 'Frame 8 already has a keyframe.'],
    ['0: a\n8: b\n', move(1, 17), 'Frame 17 is outside the clip, whose last frame is 16.'],
    ['0-4: a\n8: b\n', move(1, 3), 'The hold of the keyframe at frame 0 would overlap the keyframe at frame 8.'],
    ['0-4: a\n8: b\n', move(0, 5), 'The hold of the keyframe at frame 0 would overlap the keyframe at frame 8.'],
    ['8-12: a\n', move(0, 14), 'The hold of the keyframe at frame 8 would end after the last frame.'],
    ['0: a\n', move(3, 14), 'The keyframe does not exist any more.'],
    ['4: b\n  x)\n8: (a\n', move(1, 0), 'The edit would change other parts of the file; move the lines by hand.'],
    ['(x\n0: a\n4: c)\n', move(0, 8), 'The edit would change other parts of the file; move the lines by hand.'],
  ])('refuses %j', (body, edit, reason) => {
    expect(edited(file(body), edit)).toBe(`refused: ${reason}`);
  });
});

describe('moving the end of a hold', () => {
  it.each([
    ['0-8: a', 4, '0-4: a'],
    ['0-8: a', 0, '0: a'],
    ['0 - 8 cut: a', 0, '0 cut: a'],
    ['0: a', 4, '0-4: a'],
    ['0 ease : a', 4, '0-4 ease : a'],
    ['0s: a', 12, '0s-1.5s: a'],
    ['25%: a', 8, '25%-50%: a'],
    ['25%: a', 9, '25%-56.25%: a'],
    ['-4: a', 16, '-4--1: a'],
    ['-4--1: a', 15, '-4--2: a'],
    ['0-8: a', 8, '0-8: a'],
    ['4-1: a', 8, '4-8: a'],
    ['4-99: a', 8, '4-8: a'],
  ])('writes %s until frame %i as %s', (before, frame, after) => {
    expect(edited(file(before), hold(0, frame))).toBe(file(after));
  });

  it.each([
    ['4: a\n8: b\n', hold(0, 8), 'The hold would extend to frame 8, over the keyframe at frame 8.'],
    ['4: a\n', hold(0, 3), 'A hold ends at its keyframe or later, here at frame 4.'],
    ['4: a\n', hold(0, 17), 'Frame 17 is outside the clip, whose last frame is 16.'],
  ])('refuses %j', (body, edit, reason) => {
    expect(edited(file(body), edit)).toBe(`refused: ${reason}`);
  });
});

describe('inserting a keyframe', () => {
  /** The edited text with the cursor as ‸. */
  const inserted = (text: string, frame: number) => {
    const result = outcome(text, insert(frame));
    if (result.kind === 'refused') return result.reason;
    const after = edited(text, insert(frame));
    return `${after.slice(0, result.cursor!)}‸${after.slice(result.cursor!)}`;
  };

  it.each([
    ['0: a\n8: b\n', 4, '0: a\n4: ‸\n8: b\n'],
    ['0: a\n\n# on b\n8: b\n', 4, '0: a\n4: ‸\n\n# on b\n8: b\n'],
    ['4: a\n8: b', 12, '4: a\n8: b\n12: ‸'],
    ['head\n\n# on a\n4: a\n', 0, 'head\n\n0: ‸\n# on a\n4: a\n'],
    ['0: a\n  goes on\n8: b\n', 4, '0: a\n  goes on\n4: ‸\n8: b\n'],
    ['8: b\n0: a\n', 4, '8: b\n0: a\n4: ‸\n'],
    ['a fox\n', 4, 'a fox\n\n4: ‸\n'],
    ['a fox', 4, 'a fox\n\n4: ‸\n'],
    ['a fox\n\n', 4, 'a fox\n\n4: ‸\n'],
    ['', 4, '\n4: ‸\n'],
    ['0: a\n\ntail\n', 4, '0: a\n4: ‸\n\ntail\n'],
  ])('into %j at frame %i', (before, frame, after) => {
    expect(inserted(file(before), frame)).toBe(file(after));
    expect(inserted(crlf(file(before)), frame)).toBe(crlf(file(after)));
  });

  it('into an empty file', () => expect(inserted('', 0)).toBe('0: ‸\n'));

  it.each([
    ['0: a\n', 0, 'Frame 0 already has a keyframe.'],
    ['0-8: a\n', 8, 'Frame 8 is in the hold of the keyframe at frame 0.'],
    ['0: a\n', 17, 'Frame 17 is outside the clip, whose last frame is 16.'],
  ])('refuses %j', (body, frame, reason) => {
    expect(inserted(file(body), frame)).toBe(reason);
  });
});

describe('setting a transition', () => {
  it.each([
    ['0: a', 'cut', '0 cut: a'],
    ['0-4  ease-in\t: a', 'ease-out', '0-4  ease-out\t: a'],
    ['0-4 ease-in: a', null, '0-4: a'],
    ['0 : a', 'cubic-bezier(0, 0, 1, 1)', '0 cubic-bezier(0, 0, 1, 1) : a'],
    ['0 hold: a', 'cut', '0 cut: a'],
    ['0: a', null, '0: a'],
    ['0: a', 'wobble', null],
  ])('of %s to %s', (before, to, after) => {
    if (after === null) expect(edited(file(before), setTo(0, to))).toMatch(/^refused: “wobble” is not a valid/);
    else expect(edited(file(before), setTo(0, to))).toBe(file(after));
  });
});
