import { describe, expect, it } from 'vitest';
import { fizzSchedule } from '../../exchange/read/fizz.ts';

const read = (after: string, prompt = 'fox 10', before = 'in 2010') => {
  const options = { frames: 16, before, after };
  const { tail, keyframes, notes } = fizzSchedule({ value: new Map([['0', prompt]]) }, options);
  return { tail, key: keyframes[0], notes: notes.map(({ message }) => message) };
};

describe('the 0 that FizzNodes drops', () => {
  const dropped = (left: string, was: string) => [
    `FizzNodes drops the 0 at the end of app_text, so it is ${left} there. It was: ${was}`,
  ];

  it.each<[after: string, tail: string, negative: string | undefined, notes: string[]]>([
    ['', '', undefined, []],
    ['film', 'film', undefined, []],
    ['0', '', undefined, dropped('empty', '0')],
    ['the year 1980', 'the year 198', undefined, dropped('“the year 198”', 'the year 1980')],
    // Only the last character of the whole text.
    ['the year 1980 ', 'the year 1980', undefined, []],
    ['the year 1980,', 'the year 1980,', undefined, []],
    ['1980 film', '1980 film', undefined, []],
    ['1980 --neg rain', '1980', 'rain', []],
    ['1980--neg rain', '198', 'rain', dropped('“198--neg rain”', '1980--neg rain')],
    ['film --neg 1980', 'film', '198', dropped('“film --neg 198”', 'film --neg 1980')],
    ['film --neg 0', 'film', undefined, dropped('“film --neg”', 'film --neg 0')],
  ])('is that at the end of app_text: %j', (after, tail, negative, notes) => {
    const result = read(after);
    expect(result.tail).toBe(tail);
    expect(result.key).toMatchObject({ prompt: 'fox 10' });
    expect(result.key?.negative).toBe(negative);
    expect(result.notes).toEqual(notes);
  });

  it('is not that of the texts before it', () => {
    expect(read('', 'a 10 --neg b 20', 'in 2010 --neg 30')).toMatchObject({
      tail: '',
      key: { prompt: 'a 10', negative: '30 b 20' },
      notes: [],
    });
  });
});
