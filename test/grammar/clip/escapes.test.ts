import { describe, expect, it } from 'vitest';
import { withoutEscapes } from '../../../grammar/clip/escapes.ts';
import { checkTravel } from '../../../grammar/language.ts';
import { testEnvironment } from '../environment.ts';

const promptOf = (text: string) => {
  const { plan, problems } = checkTravel(text, testEnvironment());
  return [
    plan?.prompts[0]?.text,
    ...problems.filter(({ severity }) => severity !== 'information').map(({ code }) => code),
  ];
};

describe('escapes in prompts', () => {
  it.each([
    ['\\$hero costs \\$5', '$hero costs $5'],
    ['\\{a|b\\}', '{a|b}'],
    ['{a\\|b}', '{a|b}'],
    ['\\__name__', '__name__'],
    ['a \\# b', 'a # b'],
    ['\\12: noon', '12: noon'],
    ['\\(a\\) [b\\|c]', '\\(a\\) [b\\|c]'],
    ['a\\\\$x', 'a\\\\$x'],
  ])('%s is the text %s', (written, expected) => {
    expect(promptOf(`---\nseed: 1\n---\n${written}\n`)[0]).toBe(expected);
  });

  it('hide names, so that nothing is replaced and nothing is missing', () => {
    expect(promptOf('---\nseed: 1\ndefine: {hero: a fox}\n---\n\\$hero, $hero\n')).toEqual(['$hero, a fox']);
    expect(promptOf('---\nseed: 1\n---\n\\$nobody, \\__nothing__, \\{a|b\\}\n')).toEqual([
      '$nobody, __nothing__, {a|b}',
    ]);
  });

  it('are part of no option of a choice', () => {
    expect(withoutEscapes('a\\|b')).toBe('a\\|b');
    expect(promptOf('---\nseed: 1\n---\n{a\\}b|a\\}b}\n')[0]).toBe('a}b');
  });
});
