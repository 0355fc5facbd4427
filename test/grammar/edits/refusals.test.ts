import { describe, expect, it } from 'vitest';
import { reverse } from '../../../grammar/edits/reverse.ts';
import { edited, hold, insert, length, move, setTo, shift } from './edits.ts';

describe('the webui dialect', () => {
  const webui = (body: string) => `---\ndialect: webui\nframes: 17\n---\n${body}`;

  it('has frames, and no holds and transitions', () => {
    const text = webui('head\n0: a\n8: b\n16: c\ntail\n');
    expect(edited(text, move(0, 12))).toBe(webui('head\n8: b\n12: a\n16: c\ntail\n'));
    expect(edited(text, insert(4))).toBe(webui('head\n0: a\n4: a\n8: b\n16: c\ntail\n'));
    expect(edited(webui('4: a --neg b # c\n'), insert(0))).toBe(webui('0: a --neg b\n4: a --neg b # c\n'));
    expect(edited(text, reverse)).toBe(webui('head\n0: c\n8: b\n16: a\ntail\n'));
    expect(edited(text, hold(0, 4))).toBe('refused: The webui dialect has no holds.');
    expect(edited(text, setTo(0, 'cut'))).toMatch(/^refused: The webui dialect has no transitions/);
    expect(edited(text, setTo(0, null))).toBe(text);
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

describe('numbers that travel in the webui dialect', () => {
  it('are not moved if the clip is longer than `frames`', () => {
    const text = (frames: number) =>
      `---\ndialect: webui\nframes: ${frames}\ncfg_scale: {0: 7, 4: 9}\n---\n0: a\n4: b\n`;
    expect(edited(text(8), length(20))).toMatch(/^refused: `cfg_scale` changes over more frames than `frames`/);
    expect(edited(text(20), length(40))).toBe(
      '---\ndialect: webui\nframes: 40\ncfg_scale: {0: 7, 8: 9}\n---\n0: a\n8: b\n',
    );
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
