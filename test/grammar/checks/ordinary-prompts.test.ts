import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkTravel } from '../../../grammar/language.ts';
import { runs } from '../../property-runs.ts';
import { testEnvironment } from '../environment.ts';
import { ordinaryText, TRICKY_PROMPTS } from './ordinary-prompts.ts';

const problemsOf = (text: string) =>
  checkTravel(text, testEnvironment()).problems.map(({ code, span }) => [code, text.slice(span.start, span.end)]);

describe('a prompt that works in A1111 as it is written has no problem', () => {
  it.each(TRICKY_PROMPTS)('%s', (prompt) => {
    expect(problemsOf(prompt)).toEqual([]);
    expect(problemsOf(`---\nframes: 64\n---\n0: a\n16: ${prompt}\n`)).toEqual([]);
    expect(problemsOf(`0: a\n\nthe end, ${prompt}\n`)).toEqual([]);
  });

  it('whatever tags, emoticons, weights, editing, keywords and LoRAs it is made of', () => {
    fc.assert(
      fc.property(ordinaryText, (text) => {
        expect(problemsOf(text)).toEqual([]);
      }),
      runs(400),
    );
  });
});
