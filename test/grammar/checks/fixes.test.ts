import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../grammar/problem.ts';
import { pages } from '../../docs/pages.ts';
import { runs } from '../../property-runs.ts';
import { caseFiles, documentedTexts, mixedText } from './documents.ts';
import { check, faultsOf, faultsOfAll } from './fix-faults.ts';

/** The codes whose fixes were tried. */
const tried = new Set<Problem['code']>();

/** The faults of every fix of a text, one by one and of all mechanical fixes at once. */
function faultsIn(text: string): string[] {
  const { problems } = check(text);
  const single = problems.flatMap((problem) =>
    (problem.fixes ?? []).flatMap((fix) => {
      tried.add(problem.code);
      return faultsOf(text, problem, fix).map((fault) => `${problem.code}, “${fix.title}”: ${fault}`);
    }),
  );
  return [...single, ...faultsOfAll(text, problems)];
}

describe('a fix removes its problem, adds no error or warning, and changes no other prompt', () => {
  it.each(caseFiles)('in the file $name', ({ text }) => {
    expect(faultsIn(text)).toEqual([]);
  });

  it.each(documentedTexts)('in the example $name', ({ text }) => {
    expect(faultsIn(text)).toEqual([]);
  });

  it('in mixtures of all of them', () => {
    fc.assert(
      fc.property(mixedText, (text) => {
        expect(faultsIn(text)).toEqual([]);
      }),
      runs(300),
    );
  });

  it('with every code that has a quick fix', () => {
    const withFix = pages.filter(({ hasFix }) => hasFix).map(({ code }) => code);
    expect(withFix.filter((code) => !tried.has(`travel/${code}`))).toEqual([]);
  });
});

describe('fixes that once broke a file', () => {
  it.each([
    ['the first character would start a comment', '0:#1girl'],
    ['the text would become a negative prompt', '0:--neg a'],
    ['brackets inside the unclosed bracket', 'a ([b'],
    ['a backslash at the end', 'a (b \\'],
    ['a hold whose start is also outside the clip', '0: a\n20-30: b'],
    ['a negative marker in the head', 'a -neg b\n0: c'],
    ['a negative marker between spaces', '0: a  -neg  b'],
    ['a misspelled setting beside the right one', '---\nframes: 16\nfrmaes: 20\n---\na'],
    ['several lines between keyframes', '0: a\nb\nc\n8: d\ne\n'],
    ['indented lines between keyframes', '0: a\nb\n  c\n8: d\n'],
    ['a last line without a newline', '0: a\nb\n8: d'],
    ['Windows line endings', '0: a\r\nb\r\n8: d'],
    ['a frame that is taken', '0: a\n15: b\n20: c'],
    ['a keyframe that a LoRA is missing from', '99: <lora:nope:1> b'],
  ])('%s', (_, text) => {
    expect(faultsIn(text)).toEqual([]);
  });
});
