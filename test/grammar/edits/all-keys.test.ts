import { describe, expect, it } from 'vitest';
import { distributeEvenly } from '../../../grammar/edits/distribute-evenly.ts';
import { reverse } from '../../../grammar/edits/reverse.ts';
import { edited, file, length, outcome, shift } from './edits.ts';

describe('shifting keyframes', () => {
  it('moves a keyframe, the later ones, their holds, and the numbers from there on', () => {
    expect(
      edited(
        file('0: a\n4-6: b\n\n50%: c\n-5: d\n', 'cfg_scale: {0: 7, 4: 9, -1: 3}\nmotion_scale:\n  "2-8": 1  # a\n'),
        shift(1, 2),
      ),
    ).toBe(
      file('0: a\n6-8: b\n\n62.5%: c\n-3: d\n', 'cfg_scale: {0: 7, 6: 9, 18: 3}\nmotion_scale:\n  "2-10": 1  # a\n'),
    );
  });

  it.each([
    [
      '0: a\n8: b\n16: c\n',
      shift(1, 1),
      'The keyframe at frame 16 would be at frame 17, outside the clip; it is at the last frame already.',
    ],
    [
      '0: a\n8: b\n14: c\n',
      shift(1, 4),
      'The keyframe at frame 14 would be at frame 18, outside the clip; at most 2 is possible.',
    ],
    ['0: a\n8: b\n', shift(1, -8), 'The keyframe at frame 8 would be at frame 0, but frame 0 has a keyframe.'],
    ['4: a\n', shift(0, -5), 'Frame -1 is outside the clip, whose last frame is 16.'],
    ['0-6: a\n8: b\n', shift(1, -3), 'The hold of the keyframe at frame 0 would overlap the keyframe at frame 8.'],
  ])('refuses %j', (body, edit, reason) => {
    expect(edited(file(body), edit)).toBe(`refused: ${reason}`);
  });

  it('refuses to move numbers past others', () => {
    expect(edited(file('0: a\n8: b\n', 'cfg_scale: {6: 7, 9: 8}\n'), shift(1, -3))).toBe(
      'refused: `cfg_scale` has a position at frame 6, which the later ones would pass.',
    );
  });
});

describe('changing the length', () => {
  it.each([
    ['frames', '0: a\n4-6: b\n8: c\n16: d\n', 34, '0: a\n8-12: b\n16: c\n33: d\n'],
    [
      'percentages, times and positions from the end',
      '0%: a\n50%: b\n1.5s: c\n-1: d\n',
      34,
      '0%: a\n50%: b\n3s: c\n-1: d\n',
    ],
    ['distances from the end', '0: a\n-4--2: b\n', 34, '0: a\n-8--4: b\n'],
    ['shorter', '0: a\n8: b\n16: c\n', 9, '0: a\n4: b\n8: c\n'],
  ])('scales %s', (_, before, frames, after) => {
    expect(edited(file(before), length(frames))).toBe(file(after).replace('frames: 17', `frames: ${frames}`));
  });

  it('scales numbers, also those of ControlNet', () => {
    const controlnet = (to: string) => `controlnet:\n  - model: x\n    weight: {${to}}\n`;
    expect(
      edited(file('0: a\n', `cfg_scale: {0: 7, 4-6: 9, 50%: 1}\n${controlnet('1s: 1, -1: 0.5')}`), length(34)),
    ).toBe(file('0: a\n', `cfg_scale: {0: 7, 8-12: 9, 50%: 1}\n${controlnet('2s: 1, -1: 0.5')}`).replace('17', '34'));
  });

  it.each([
    ['0: a\n', '---\nframes: 8\n---\n0: a\n'],
    ['\uFEFF0: a\r\n', '\uFEFF---\r\nframes: 8\r\n---\r\n0: a\r\n'],
    ['---\nfps: 8  # x\n---\n0: a\n', '---\nfps: 8  # x\nframes: 8\n---\n0: a\n'],
    ['---\nframes:   16 # long\n---\n0: a\n', '---\nframes:   8 # long\n---\n0: a\n'],
  ])('writes `frames` into %j', (before, after) => {
    expect(edited(before, length(8))).toBe(after);
  });

  it('overrides an inherited length, and names numbers that stay', () => {
    const files = { 'style.travel': '---\nframes: 8\ncfg_scale: {0: 7, 4: 9}\n---\n' };
    const text = '---\nextends: style.travel\n---\n0: a\n4: b\n';
    expect(edited(text, length(16), files)).toBe('---\nextends: style.travel\nframes: 16\n---\n0: a\n8: b\n');
    expect(outcome(text, length(16), files)).toMatchObject({
      left: ['`cfg_scale` keeps its positions, because “style.travel” sets them.'],
    });
  });

  it.each([
    [file('0: a\n2: b\n3: c\n'), 5, 'The keyframes at frames 2 and 3 would both be at frame 1.'],
    [
      file('0: a\n', 'cfg_scale: {2: 2, 3: 3}\n'),
      5,
      'The positions at frames 2 and 3 of `cfg_scale` would both be at frame 1.',
    ],
    [file('0: a\n'), 1_000_001, 'A clip cannot have 1000001 frames.'],
    ['---\nframes: 4s\n---\n0: a\n', 5, '`frames` has no valid value; correct it first.'],
    ['---\nframes: 4\nframes: 5\n---\n0: a\n', 6, '`frames` is set twice; remove one of the two first.'],
    ['---\n{fps: 8}\n---\n0: a\n', 6, 'The edit would change other parts of the file; move the lines by hand.'],
  ])('refuses %j', (text, frames, reason) => {
    expect(edited(text, length(frames))).toBe(`refused: ${reason}`);
  });
});

describe('distributing', () => {
  it.each([
    ['0: a\n1: b\n16: c\n', '0: a\n8: b\n16: c\n'],
    ['2: a\n3-4: b\n31.25%: c\n0.75s: d\n-1: e\n', '2: a\n6-7: b\n56.25%: c\n1.625s: d\n-1: e\n'],
    ['16: c\n1: b\n0: a\n', '16: c\n8: b\n0: a\n'],
  ])('moves the keyframes of %j', (before, after) => {
    expect(edited(file(before), distributeEvenly)).toBe(file(after));
  });

  it('refuses what has nothing to move, and holds without room', () => {
    expect(edited(file('0: a\n8: b\n'), distributeEvenly)).toMatch(/^refused: Only keyframes between/);
    expect(edited(file('0-10: a\n11: b\n16: c\n'), distributeEvenly)).toMatch(/^refused: The hold of the keyframe at/);
  });
});

describe('reversing', () => {
  it.each([
    ['order and groups', '# 1\n0: a\n4: b\n\n# 2\n16: c\n', '# 2\n0: c\n\n12: b\n# 1\n16: a\n'],
    ['the ends', '4: a\n8: b\n', '0-8: b\n12: a\n'],
    ['holds', '0-4: a\n8-12: b\n16: c\n', '0: c\n4-8: b\n12: a\n'],
    ['cuts', '0: a\n4 cut: b\n8: c\n16: d\n', '0: d\n8: c\n12: b\n13 cut: a\n'],
    ['a cut in the middle', '0: a\n4: b\n8 cut: c\n16: d\n', '0: d\n8: c\n9-12 cut: b\n16: a\n'],
    [
      'easing',
      '0: a\n4 ease-in: b\n8 ease-out: c\n12 ease: d\n16 ease-in-out: e\n',
      '0: e\n4 ease-in-out: d\n8 cubic-bezier(0.75, 0, 0.75, 0.9): c\n12 ease-in: b\n16 ease-out: a\n',
    ],
    ['notations', '0s: a\n25%: b\n1.5s: c\n-1: d\n', '0: d\n0.5s: c\n75%: b\n2s: a\n'],
  ])('mirrors %s', (_, before, after) => {
    expect(edited(file(before), reverse)).toBe(file(after));
  });

  it('writes a transition that differs from the one of the settings', () => {
    const eased = (body: string) => file(body, 'transition: ease-in\n');
    expect(edited(eased('0: a\n8: b\n16 ease-out: c\n'), reverse)).toBe(
      eased('0 ease-out: c\n8 ease-in: b\n16 ease-out: a\n'),
    );
  });

  it('mirrors numbers in the order of the clip, or in their lines', () => {
    expect(
      edited(
        file('0: a\n', 'cfg_scale: {0: 7, 4-6: 8, -1: 9}\nmotion_scale:\n  0: 1 # first\n  4: 2 # then\n'),
        reverse,
      ),
    ).toBe(file('0: a\n', 'cfg_scale: {0: 9, 10-12: 8, 16: 7}\nmotion_scale:\n  16: 1 # first\n  12: 2 # then\n'));
  });

  it('keeps a closed loop closed', () => {
    const loop = (body: string) => file(body, 'closed_loop: R+P\ncontext: 8\n');
    expect(edited(loop('0 ease-in: a\n4: b\n8-10: c\n'), reverse)).toBe(loop('6-8 ease-out: c\n12: b\n16: a\n'));
    expect(edited(loop('2 cut: a\n4: b\n'), reverse)).toMatch(/^refused: A cut across the end of a closed loop/);
  });

  it.each([
    [file('a fox\n'), 'The file has no keyframes to reverse.'],
    [file('0 hold: a\n'), '“hold” is not a valid transition; correct it first.'],
    [file('0: a\n', 'cfg_scale: {0: 7, 99: 8}\n'), '`cfg_scale` has a position after the last frame; remove it first.'],
    [file('0: a\n', 'cfg_scale: {0: 7, 0s: 8}\n'), '`cfg_scale` has two values at frame 0; remove one of them first.'],
  ])('refuses %j', (text, reason) => {
    expect(edited(text, reverse)).toBe(`refused: ${reason}`);
  });
});
