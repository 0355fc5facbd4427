import { describe, expect, it } from 'vitest';
import { Settings } from '../../../grammar/settings/schema.ts';
import { parseTravel } from '../../../grammar/syntax/parse.ts';
import { a1111PromptOf } from '../../../server/features/copy-prompt.ts';

function exported(text: string, given: Record<string, unknown> = {}) {
  const settings = Settings.parse({ frames: 32, ...given });
  const none = { asWritten: settings, spans: new Map(), inherited: new Map(), overridden: new Set<string>() };
  const effective = { ...none, settings, writtenOutput: settings.output, issues: [] };
  return a1111PromptOf({ document: parseTravel(text), effective });
}

const FRAMES = 'These settings are not part of a prompt: frames.';

describe('a prompt for AUTOMATIC1111', () => {
  it('is the text without comments', () => {
    const text = 'a woman  # head\n\n0: (smile:1.3)  # first\n8: red hair\n\nfox ears\n';
    expect(exported(text)).toEqual({
      prompt: 'a woman\n0: (smile:1.3)\n8: red hair\nfox ears',
      negative: '',
      lost: [FRAMES],
    });
  });

  it('expands definitions, also nested ones', () => {
    const define = { hero: 'a $colour fox', colour: 'red' };
    expect(exported('$hero\n0: $hero, $unknown', { define }).prompt).toBe('a red fox\n0: a red fox, $unknown');
  });

  it('converts positions to frames and sorts them', () => {
    expect(exported('-1: d\n50%: c\n1s: b\n0: a').prompt).toBe('0: a\n8: b\n16: c\n31: d');
  });

  it('ends a hold with a second keyframe, inside the clip', () => {
    expect(exported('0-8: a\n30-40: b').prompt).toBe('0: a\n8: a\n30: b\n31: b');
  });

  it('cuts with a second keyframe before the cut', () => {
    const { prompt, lost } = exported('0: a\n8 cut: b');
    expect(prompt).toBe('0: a\n7: a\n8: b');
    expect(lost).toEqual([FRAMES]);
  });

  it('starts at frame 0, because frames before the first key would be empty', () => {
    expect(exported('4: a\n8: b').prompt).toBe('0: a\n4: a\n8: b');
  });

  it('has its negative prompt apart, with definitions expanded', () => {
    expect(exported('0: a', { negative_prompt: 'blurry, $bad', define: { bad: 'ugly' } }).negative).toBe(
      'blurry, ugly',
    );
  });

  it('joins a file without keyframes as A1111 does', () => {
    expect(exported('a woman,\nred hair').prompt).toBe('a woman, red hair');
  });

  it('keeps wildcards and choices', () => {
    expect(exported('0: __hair__, {a|b}').prompt).toBe('0: __hair__, {a|b}');
  });

  it.each([
    ['0: a\n8: b', { transition: 'ease' }, /Transitions/],
    ['0: a --neg b', {}, /--neg/],
    ['0: a\n99: b', {}, /1 of 2 keyframes/],
    ['0: $a', { define: { a: '$a' } }, /\$a/],
    ['0: a', { negative_prompt: 'blurry' }, /Copy Negative Prompt/],
    ['a', { negative_prompt: 'blurry' }, /Copy Negative Prompt/],
    ['0: a', { seed: 7, steps: 30, checkpoint: 'toonyou' }, /settings are not part of a prompt: .*checkpoint.*seed/],
    ['0: a\n8: <lora:x:1> b', {}, /LoRA tags in keyframes after the first/],
    ['0: <lora:x:1> a\n8: b', {}, /LoRA weights cannot change/],
    ['0: a \\# b', {}, /# begins a comment/],
    ['0: {a|b}', {}, /choices/],
    ['0: [a:b:0.5]', {}, /Prompt editing/],
    ['[a|b]\n0: a', {}, /Prompt editing/],
    ['0: $a', { define: { a: '[b:c:3]' } }, /Prompt editing/],
  ])('reports the loss in %j %j', (text, settings, expected) => {
    expect(exported(text, settings).lost.join(' ')).toMatch(expected);
  });

  it('keeps a line from being a key there', () => {
    expect(exported('12:30 at night\n0: a\n\n\\8: x').prompt).toBe('\\12:30 at night\n0: a\n\\8: x');
    expect(exported('16:9 still').prompt).toBe('\\16:9 still');
  });

  it('accepts an empty file', () => {
    expect(exported('')).toEqual({ prompt: '', negative: '', lost: [FRAMES] });
    expect(exported('', { frames: 16 }).lost).toEqual([]);
  });
});
