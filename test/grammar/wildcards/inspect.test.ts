import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../grammar/clip/environment.ts';
import { checkTravel } from '../../../grammar/language.ts';
import { runs } from '../../property-runs.ts';
import { fixed } from '../checks/fix-faults.ts';
import { testEnvironment } from '../environment.ts';

type Files = Readonly<Record<string, readonly string[]>>;

const environmentWith = (files: Files): Environment =>
  testEnvironment({ wildcard: (name) => files[name] ?? null, wildcardNames: () => Object.keys(files) });

/** Code, severity, message and text of every problem of wildcards. */
function found(text: string, files: Files, seed = 1) {
  return checkTravel(text, environmentWith(files), { overrides: { seed } })
    .problems.filter(({ code }) => code.includes('wildcard'))
    .map(({ code, severity, message, span }) => ({
      code: code.replace('travel/', ''),
      severity,
      message,
      place: text.slice(span.start, span.end),
    }));
}

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);

const HERD: Files = {
  'herd/all': ['# animals', '', '__deer__', '__herd/sheep__'],
  'herd/deer': ['roe deer', 'red deer'],
  'herd/sheep': ['black sheep'],
};

/** What is written, the files, the code, and what the message has to contain. */
const CASES: readonly (readonly [string, Files, string, readonly string[]])[] = [
  ['__herd/all__', HERD, 'unknown-wildcard', ['“__deer__”', '“herd/all.txt”, line 3', 'Did you mean “herd/deer”?']],
  ['__herd/*__', HERD, 'unknown-wildcard', ['“herd/all.txt”, line 3']],
  ['__HERD/All__', HERD, 'unknown-wildcard', ['“herd/all.txt”, line 3']],
  ['{x|y __herd/all__}', HERD, 'unknown-wildcard', ['“herd/all.txt”, line 3']],
  [
    '__a__',
    { a: ['x', '__b__'], b: ['y', '{z|__c__}'], c: ['2::__d__', 'q'] },
    'unknown-wildcard',
    ['“c.txt”, line 1'],
  ],
  ['{0::__nope__|x}', {}, 'unknown-wildcard', ['“__nope__” not found. Create nope.txt']],
  ['__wether__', { weather: ['sun'] }, 'unknown-wildcard', ['Did you mean “weather”?']],
  ['__a__', { a: ['x', '__b/*__'] }, 'unknown-wildcard', ['“__b/*__”', '“a.txt”, line 2']],
  ['__a__', { a: ['x', '__b__'], b: ['# none'] }, 'empty-wildcard', ['“__b__” has no choices', '“a.txt”, line 2']],
  ['__a__', { a: ['x', 'y __b__'], b: ['z', '__a__'] }, 'wildcard-cycle', ['a → b → a', '“b.txt”, line 2']],
  ['__a__', { a: ['x', 'y __A__'] }, 'wildcard-cycle', ['a → a', '“a.txt”, line 2']],
  ['__a/b__', { 'a/b': ['x', '__a/*__'] }, 'wildcard-cycle', ['a/b → a/b', '“a/b.txt”, line 2']],
  [
    '__a__',
    { a: ['x', '__b__'], b: ['<<<<<<< HEAD', 'y'] },
    'wildcard-conflict',
    ['merge conflict', '“b.txt”, line 1'],
  ],
  ['__a__', { a: ['x', '__b__'], b: ['y', 'caf\u00c3\u00a9'] }, 'wildcard-damaged', ['encoding', '“b.txt”, line 2']],
];

describe('wildcards are followed through all lines of their files', () => {
  it.each(CASES)('%j with %j: %s, whatever the seed is', (written, files, code, parts) => {
    const place = /__[\w/*]+__/.exec(written)![0];
    for (const text of [`a meadow\n0: ${written}\n8: end`, `head ${written}`, `0: a --neg ${written}`]) {
      for (const seed of SEEDS) {
        const problems = found(text, files, seed);
        expect(problems.map((problem) => [problem.code, problem.place])).toEqual([[code, place]]);
        for (const part of parts) expect(problems[0]!.message).toContain(part);
      }
    }
  });

  it('a fix writes the name that was meant', () => {
    const text = '0: a __dear__\n8: __dear__';
    const environment = environmentWith(HERD);
    const { problems } = checkTravel(text, environment);
    const fixes = problems.flatMap((problem) => problem.fixes ?? []);
    expect(fixes.map((fix) => fixed(text, fix))).toEqual([
      '0: a __herd/deer__\n8: __dear__',
      '0: a __dear__\n8: __herd/deer__',
    ]);
  });

  it('every marker of a conflict is an error, and a damaged file is a warning', () => {
    const files = { a: ['<<<<<<< HEAD', 'x', '=======', 'y', '>>>>>>> b'], b: ['\ufffd', '\ufffd'] };
    expect(found('__a__ __b__', files).map(({ code, severity, place }) => [code, severity, place])).toEqual([
      ['wildcard-conflict', 'error', '__a__'],
      ['wildcard-conflict', 'error', '__a__'],
      ['wildcard-conflict', 'error', '__a__'],
      ['wildcard-damaged', 'warning', '__b__'],
    ]);
  });

  it('files that are right have no problem, and their weights are in no prompt', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.constantFrom('x', '3::y', '.5::z', '# note', '', '{a|2::b}', '__NEXT__ w', '0::v'))),
        fc.nat(),
        (lists, seed) => {
          // Each file leads to later ones only, and has a choice.
          const files = Object.fromEntries(
            [...lists, []].map((lines, i, all) => [
              `f${i}`,
              ['plain', ...lines].map((line) => line.replace('__NEXT__', i + 1 < all.length ? `__f${i + 1}__` : 'end')),
            ]),
          );
          const text = '0: __f0__\n8: {1::__f0__|__F0__|__f*__}';
          expect(found(text, files, seed).filter(({ code }) => code !== 'wildcard-too-deep')).toEqual([]);
          const { plan } = checkTravel(text, environmentWith(files), { overrides: { seed } });
          for (const { text: prompt } of plan?.prompts ?? []) expect(prompt).not.toMatch(/::|__|#/);
        },
      ),
      runs(300),
    );
  });

  it('a missing name is found at any depth and line, by the name of its file', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(8), fc.nat(), (depth, line, seed) => {
        const files = Object.fromEntries(
          Array.from({ length: depth }, (_, i) => [
            `f${i}`,
            [
              ...Array.from({ length: line }, (_, n) => `choice ${n}`),
              i + 1 < depth ? `{x|__f${i + 1}__}` : 'a __nope__',
            ],
          ]),
        );
        const problems = found('0: a\n8: __f0__', files, seed);
        expect(problems.map(({ code, place }) => [code, place])).toEqual([['unknown-wildcard', '__f0__']]);
        expect(problems[0]!.message).toContain(`“f${depth - 1}.txt”, line ${line + 1}`);
      }),
      runs(100),
    );
  });

  it('long lists and deep chains take linear time', () => {
    const list = Array.from({ length: 50_000 }, (_, i) => `choice ${i} {a|b}`);
    const chain: Files = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`f${i}`, [`x`, `__f${i + 1}__`]]));
    const keys = Array.from({ length: 1000 }, (_, i) => `${i}: __list__ {c|__f0__}`).join('\n');
    const codes = found(`---\nframes: 1000\n---\n${keys}`, { list, ...chain }).map(({ code }) => code);
    expect(new Set(codes).size).toBeLessThan(4);
  });
});
