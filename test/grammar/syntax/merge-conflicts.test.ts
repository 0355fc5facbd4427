import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits, formatTravel } from '../../../grammar/format/format.ts';
import { checkTravel } from '../../../grammar/language.ts';
import { conflictMarkers } from '../../../grammar/syntax/merge-conflicts.ts';
import { runs } from '../../property-runs.ts';
import { mixedText } from '../checks/documents.ts';
import { testEnvironment } from '../environment.ts';

const markersIn = (text: string) => conflictMarkers(text).map(({ start, end }) => text.slice(start, end));

describe('conflict markers', () => {
  it.each([
    ['<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x', ['<<<<<<< HEAD', '=======', '>>>>>>> x']],
    [
      '<<<<<<< HEAD\r\na\r\n||||||| 1b2c\r\n=======\r\nb\r\n>>>>>>> x\r\n',
      ['<<<<<<< HEAD', '||||||| 1b2c', '=======', '>>>>>>> x'],
    ],
    ['a\n=======\n', ['=======']],
    ['>>>>>>> x', ['>>>>>>> x']],
    ['<<<<<<<\n>>>>>>>', ['<<<<<<<', '>>>>>>>']],
    [
      '<<<<<<< a\n||||||| b\n<<<<<<<<< c\n=========\n>>>>>>>>> d\n=======\n>>>>>>> e',
      ['<<<<<<< a', '||||||| b', '<<<<<<<<< c', '=========', '>>>>>>>>> d', '=======', '>>>>>>> e'],
    ],
  ])('of %j', (text, markers) => {
    expect(markersIn(text)).toEqual(markers);
  });

  it.each([
    '==========\n',
    'a =======\n',
    ' <<<<<<< x\n',
    '<<<<<< x\n',
    '>>>>>>>> x\n',
    '======= Title =======\n',
    '<<<<<<<x',
  ])('are not in %j', (text) => {
    expect(markersIn(text)).toEqual([]);
  });
});

describe('a file with a merge conflict', () => {
  const conflict = fc.constantFrom(
    ['<<<<<<< HEAD', '=======', '>>>>>>> theirs'],
    ['<<<<<<< HEAD', '||||||| base', '=======', '>>>>>>> theirs'],
    ['>>>>>>> theirs'],
  );

  it('has one error for each marker, no plan, no fixes, and is not formatted', () => {
    fc.assert(
      fc.property(mixedText, conflict, fc.array(fc.nat(), { minLength: 4, maxLength: 4 }), (text, markers, places) => {
        const newline = text.includes('\r\n') ? '\r\n' : '\n';
        const lines = text.split(newline);
        const at = places
          .slice(0, markers.length)
          .map((place) => place % (lines.length + 1))
          .sort((a, b) => a - b);
        for (const [i, marker] of markers.entries()) lines.splice(at[i]! + i, 0, marker);
        const merged = lines.join(newline);
        fc.pre(conflictMarkers(text).length === 0);
        const { plan, problems } = checkTravel(merged, testEnvironment());
        expect(plan).toBeNull();
        expect(problems.map(({ span }) => merged.slice(span.start, span.end))).toEqual(markers);
        expect(problems.every(({ severity, message }) => severity === 'error' && /merge conflict/.test(message))).toBe(
          true,
        );
        expect(problems.flatMap(({ fixes }) => fixes ?? [])).toEqual([]);
        expect(applyEdits(merged, formatTravel(merged))).toBe(merged);
      }),
      runs(300),
    );
  });

  it('is named where another file extends it', () => {
    const text = '---\nextends: base.travel\n---\na';
    const readTravelFile = () => ({ path: 'base.travel', text: '---\n<<<<<<< a\nseed: 1\n=======\n>>>>>>> b\n---\n' });
    const { plan, problems } = checkTravel(text, testEnvironment({ readTravelFile }));
    expect(plan).toBeNull();
    expect(problems).toMatchObject([{ code: 'travel/merge-conflict', span: { start: 13, end: 24 } }]);
    expect(problems[0]!.message).toMatch(/^In “base\.travel”: Unresolved merge conflict at line 2\./);
  });
});
