import { describe, expect, it } from 'vitest';
import { importTravel } from '../../exchange/import.ts';
import { checkTravel } from '../../grammar/language.ts';
import { readInfotext } from '../engine/media/a1111-reader.ts';
import { testEnvironment } from '../grammar/environment.ts';
import { meaningOf, normal } from './meaning.ts';

const PARAMETERS = 'Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1';

describe('a negative prompt below a prompt is read as A1111 reads it', () => {
  it.each([
    ['one line', 'a castle\nNegative prompt: blurry, lowres'],
    ['several lines', 'a castle\non a hill\nNegative prompt: blurry\nlowres,\n\nugly'],
    ['Windows’ line breaks', 'a castle\r\nNegative prompt: blurry\r\n'],
    ['spaces around it', 'a castle\n  Negative prompt:blurry  \n'],
    ['twice', 'a castle\nNegative prompt: blurry\nNegative prompt: ugly'],
    ['nothing before it', 'Negative prompt: blurry'],
    ['nothing after it', 'a castle\nNegative prompt:'],
    ['an empty line before it', 'a castle\n\nNegative prompt: blurry'],
    ['weights', 'a castle\nNegative prompt: (blurry:1.2), [ugly]'],
    ['words that are not it', 'a castle, Negative prompt: blurry'],
  ])('%s', (_, text) => {
    const known = readInfotext(text);
    for (const file of [text, `${text}\n${PARAMETERS}`]) {
      const { travel } = importTravel([{ text: file }]);
      const { frames } = meaningOf(travel);
      expect(frames[0]?.positive[0]).toBe(normal(known.Prompt!.replaceAll('\n', ' ')));
      expect(frames[0]?.negative[0]).toBe(normal(known['Negative prompt']!.replaceAll('\n', ' ')));
    }
  });

  it('keyframes stay keyframes', () => {
    const { travel, format, notes } = importTravel([
      { text: 'a castle\n0: day\n8: night\nbest quality\nNegative prompt: blurry, {a|b}\n9: ugly' },
    ]);
    expect({ format, notes }).toEqual({ format: 'a1111-prompt', notes: [] });
    expect(travel).toBe(
      '---\nnegative_prompt: "blurry, {a|b} 9: ugly"\n---\n\na castle\n\n0: day\n8: night\n\nbest quality\n',
    );
    expect(
      checkTravel(travel, testEnvironment()).problems.filter(({ severity }) => severity !== 'information'),
    ).toEqual([]);
  });

  it.each(['negative prompt: blurry', ' NEGATIVE PROMPT: blurry'])('with other letters, with a note: %s', (line) => {
    const { travel, notes } = importTravel([{ text: `a castle\n${line}` }]);
    expect(travel).toBe('---\nnegative_prompt: blurry\n---\n\na castle\n');
    expect(notes.map(({ key }) => key)).toEqual(['repaired']);
  });

  it('with its parameters in the line of the prompt, as some sites write them', () => {
    const { travel, format } = importTravel([{ text: `a castle Negative prompt: blurry ${PARAMETERS}` }]);
    expect(format).toBe('infotext');
    expect(travel).toMatch(/^seed: 1\n(?:.*\n)*negative_prompt: blurry\n---\n\na castle\n$/m);
  });
});
