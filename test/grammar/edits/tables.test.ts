import { describe, expect, it } from 'vitest';
import { changeLength } from '../../../grammar/edits/change-length.ts';
import { distributeEvenly } from '../../../grammar/edits/distribute-evenly.ts';
import { insertKey } from '../../../grammar/edits/insert-key.ts';
import { moveHoldEnd } from '../../../grammar/edits/move-hold-end.ts';
import { moveKey } from '../../../grammar/edits/move-key.ts';
import { reverse } from '../../../grammar/edits/reverse.ts';
import { setTransition } from '../../../grammar/edits/set-transition.ts';
import { shiftKeys } from '../../../grammar/edits/shift-keys.ts';
import { type Edit, edited, outcome } from './clips.ts';

const move =
  (index: number, frame: number): Edit =>
  (clip) =>
    moveKey(clip, { index, frame });
const hold =
  (index: number, frame: number): Edit =>
  (clip) =>
    moveHoldEnd(clip, { index, frame });
const insert =
  (frame: number): Edit =>
  (clip) =>
    insertKey(clip, { frame });
const transition =
  (index: number, to: string | null): Edit =>
  (clip) =>
    setTransition(clip, { index, transition: to });
const length =
  (frames: number): Edit =>
  (clip) =>
    changeLength(clip, { frames });
const shift =
  (index: number, by: number): Edit =>
  (clip) =>
    shiftKeys(clip, { index, by });

/** A clip of 17 frames at 8 fps. */
const clip = (body: string, settings = '') => `---\nframes: 17\n${settings}---\n${body}`;

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
    expect(edited(clip(`${before}\n`), move(0, frame))).toBe(clip(`${after}\n`));
    expect(edited(clip(`${before}\r\n`).replaceAll(/\r?\n/g, '\r\n'), move(0, frame))).toBe(
      clip(`${after}\n`).replaceAll('\n', '\r\n'),
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
    expect(edited(clip(before), edit)).toBe(clip(after));
    const crlf = (text: string) => text.replaceAll('\n', '\r\n');
    expect(edited(crlf(clip(before)), edit)).toBe(crlf(clip(after)));
  });

  it('keeps the lines of a file that is not in order in their places', () => {
    expect(edited(clip('8: a\n0: b\n4: c\n'), move(1, 6))).toBe(clip('8: a\n6: b\n4: c\n'));
  });

  it.each([
    ['0: a\n8: b\n', move(0, 8), 'Frame 8 already has a keyframe.'],
    ['0: a\n8: b\n', move(1, 17), 'Frame 17 is outside the clip, whose last frame is 16.'],
    ['0-4: a\n8: b\n', move(1, 3), 'The hold of the keyframe at frame 0 would overlap the keyframe at frame 8.'],
    ['0-4: a\n8: b\n', move(0, 5), 'The hold of the keyframe at frame 0 would overlap the keyframe at frame 8.'],
    ['8-12: a\n', move(0, 14), 'The hold of the keyframe at frame 8 would end after the last frame.'],
    ['0: a\n', move(3, 14), 'The keyframe does not exist any more.'],
    ['(x\n0: a\n4: c)\n', move(0, 8), 'The edit would change other parts of the file; move the lines by hand.'],
  ])('refuses %j', (body, edit, reason) => {
    expect(edited(clip(body), edit)).toBe(`refused: ${reason}`);
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
    expect(edited(clip(before), hold(0, frame))).toBe(clip(after));
  });

  it.each([
    ['4: a\n8: b\n', hold(0, 8), 'The hold would extend to frame 8, over the keyframe at frame 8.'],
    ['4: a\n', hold(0, 3), 'A hold ends at its keyframe or later, here at frame 4.'],
    ['4: a\n', hold(0, 17), 'Frame 17 is outside the clip, whose last frame is 16.'],
  ])('refuses %j', (body, edit, reason) => {
    expect(edited(clip(body), edit)).toBe(`refused: ${reason}`);
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
    expect(inserted(clip(before), frame)).toBe(clip(after));
    const crlf = (text: string) => text.replaceAll('\n', '\r\n');
    expect(inserted(crlf(clip(before)), frame)).toBe(crlf(clip(after)));
  });

  it('into an empty file', () => expect(inserted('', 0)).toBe('0: ‸\n'));

  it.each([
    ['0: a\n', 0, 'Frame 0 already has a keyframe.'],
    ['0-8: a\n', 8, 'Frame 8 is in the hold of the keyframe at frame 0.'],
    ['0: a\n', 17, 'Frame 17 is outside the clip, whose last frame is 16.'],
  ])('refuses %j', (body, frame, reason) => {
    expect(inserted(clip(body), frame)).toBe(reason);
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
    if (after === null) expect(edited(clip(before), transition(0, to))).toMatch(/^refused: “wobble” is not a valid/);
    else expect(edited(clip(before), transition(0, to))).toBe(clip(after));
  });
});

describe('shifting keyframes', () => {
  it('moves a keyframe, the later ones, their holds, and the numbers from there on', () => {
    expect(
      edited(
        clip('0: a\n4-6: b\n\n50%: c\n-5: d\n', 'cfg_scale: {0: 7, 4: 9, -1: 3}\nmotion_scale:\n  "2-8": 1  # a\n'),
        shift(1, 2),
      ),
    ).toBe(
      clip('0: a\n6-8: b\n\n62.5%: c\n-3: d\n', 'cfg_scale: {0: 7, 6: 9, 18: 3}\nmotion_scale:\n  "2-10": 1  # a\n'),
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
    expect(edited(clip(body), edit)).toBe(`refused: ${reason}`);
  });

  it('refuses to move numbers past others', () => {
    expect(edited(clip('0: a\n8: b\n', 'cfg_scale: {6: 7, 9: 8}\n'), shift(1, -3))).toBe(
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
    expect(edited(clip(before), length(frames))).toBe(clip(after).replace('frames: 17', `frames: ${frames}`));
  });

  it('scales numbers, also those of ControlNet', () => {
    const controlnet = (to: string) => `controlnet:\n  - model: x\n    weight: {${to}}\n`;
    expect(
      edited(clip('0: a\n', `cfg_scale: {0: 7, 4-6: 9, 50%: 1}\n${controlnet('1s: 1, -1: 0.5')}`), length(34)),
    ).toBe(clip('0: a\n', `cfg_scale: {0: 7, 8-12: 9, 50%: 1}\n${controlnet('2s: 1, -1: 0.5')}`).replace('17', '34'));
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
    [clip('0: a\n2: b\n3: c\n'), 5, 'The keyframes at frames 2 and 3 would both be at frame 1.'],
    [
      clip('0: a\n', 'cfg_scale: {2: 2, 3: 3}\n'),
      5,
      'The positions at frames 2 and 3 of `cfg_scale` would both be at frame 1.',
    ],
    [clip('0: a\n'), 1_000_001, 'A clip cannot have 1000001 frames.'],
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
    expect(edited(clip(before), distributeEvenly)).toBe(clip(after));
  });

  it('refuses what has nothing to move, and holds without room', () => {
    expect(edited(clip('0: a\n8: b\n'), distributeEvenly)).toMatch(/^refused: Only keyframes between/);
    expect(edited(clip('0-10: a\n11: b\n16: c\n'), distributeEvenly)).toMatch(/^refused: The hold of the keyframe at/);
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
    expect(edited(clip(before), reverse)).toBe(clip(after));
  });

  it('writes a transition that differs from the one of the settings', () => {
    const eased = (body: string) => clip(body, 'transition: ease-in\n');
    expect(edited(eased('0: a\n8: b\n16 ease-out: c\n'), reverse)).toBe(
      eased('0 ease-out: c\n8 ease-in: b\n16 ease-out: a\n'),
    );
  });

  it('mirrors numbers in the order of the clip, or in their lines', () => {
    expect(
      edited(
        clip('0: a\n', 'cfg_scale: {0: 7, 4-6: 8, -1: 9}\nmotion_scale:\n  0: 1 # first\n  4: 2 # then\n'),
        reverse,
      ),
    ).toBe(clip('0: a\n', 'cfg_scale: {0: 9, 10-12: 8, 16: 7}\nmotion_scale:\n  16: 1 # first\n  12: 2 # then\n'));
  });

  it('keeps a closed loop closed', () => {
    const loop = (body: string) => clip(body, 'closed_loop: R+P\ncontext: 8\n');
    expect(edited(loop('0 ease-in: a\n4: b\n8-10: c\n'), reverse)).toBe(loop('6-8 ease-out: c\n12: b\n16: a\n'));
    expect(edited(loop('2 cut: a\n4: b\n'), reverse)).toMatch(/^refused: A cut across the end of a closed loop/);
  });

  it.each([
    [clip('a fox\n'), 'The file has no keyframes to reverse.'],
    [clip('0 hold: a\n'), '“hold” is not a valid transition; correct it first.'],
    [clip('0: a\n', 'cfg_scale: {0: 7, 99: 8}\n'), '`cfg_scale` has a position after the last frame; remove it first.'],
    [clip('0: a\n', 'cfg_scale: {0: 7, 0s: 8}\n'), '`cfg_scale` has two values at frame 0; remove one of them first.'],
  ])('refuses %j', (text, reason) => {
    expect(edited(text, reverse)).toBe(`refused: ${reason}`);
  });
});

describe('the webui dialect', () => {
  const webui = (body: string) => `---\ndialect: webui\nframes: 17\n---\n${body}`;

  it('has frames, and no holds and transitions', () => {
    const text = webui('head\n0: a\n8: b\n16: c\ntail\n');
    expect(edited(text, move(0, 12))).toBe(webui('head\n8: b\n12: a\n16: c\ntail\n'));
    expect(edited(text, insert(4))).toBe(webui('head\n0: a\n4: a\n8: b\n16: c\ntail\n'));
    expect(edited(text, reverse)).toBe(webui('head\n0: c\n8: b\n16: a\ntail\n'));
    expect(edited(text, hold(0, 4))).toBe('refused: The webui dialect has no holds.');
    expect(edited(text, transition(0, 'cut'))).toMatch(/^refused: The webui dialect has no transitions/);
    expect(edited(text, transition(0, null))).toBe(text);
    expect(edited(webui('a fox\n'), insert(4))).toMatch(/^refused: The webui dialect needs a prompt/);
  });

  it('refuses keyframes that it does not read, and LoRAs that would change', () => {
    for (const body of ['0: a\n\n8: b\n', '0: a\n50%: b\n', '0: a\n  8: b\n', '0-4: a\n']) {
      expect(edited(webui(body), move(0, 3)), body).toMatch(/^refused: (The webui|Text is between)/);
    }
    expect(edited(webui('<lora:x:1>\n0: a\n8: b\n'), reverse)).toMatch(/^refused: The webui dialect uses the LoRAs/);
    expect(edited(webui('<lora:x:1>\n0: a\n16: b\n'), reverse)).toBe(webui('<lora:x:1>\n0: b\n16: a\n'));
  });
});

describe('damaged files', () => {
  it.each([
    ['<<<<<<< ours\n0: a\n=======\n0: b\n>>>>>>> theirs\n', /merge conflict/],
    ['---\nframes: 8\n0: a\n', /never closed/],
    ['---\nframes: 8\ncfg_scale: [\n---\n0: a\n', /settings have errors/],
    ['---\nfps: fast\n---\n0: a\n', /`fps` has no valid value/],
    ['---\nextends: other.travel\n---\n0: a\n', /cannot be read/],
    ['0: a\ntext\n8: b\n', /Text is between the keyframes/],
    ['0: a\n4.5: b\n', /“4.5” is not a valid position/],
    ['0-4.5: b\n', /“4.5” is not a valid position/],
    ['0: a\n99: b\n', /Frame 99 is outside the clip/],
    ['0: a\n0s: b\n', /Frame 0 has two keyframes/],
    ['0-8: a\n4: b\n', /overlaps the keyframe at frame 4/],
    ['4-2: a\n', /ends before it starts/],
    ['4-99: a\n', /ends after the last frame/],
  ])('%j are refused with one sentence', (text, reason) => {
    for (const edit of [move(0, 2), shift(0, 1), length(32), reverse]) expect(edited(text, edit)).toMatch(reason);
  });

  it('with problems elsewhere are edited', () => {
    const text = (key: string) => `---\ncheckpoint: nowhere\nwidth: 7\nfrmes: 3\n---\n(a\n${key}: b [\n`;
    expect(edited(text('0'), move(0, 4))).toBe(text('4'));
  });
});
