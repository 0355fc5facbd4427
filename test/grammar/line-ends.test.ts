import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foreignReader } from '../../exchange/foreign-reader.ts';
import { applyEdits, formatTravel } from '../../grammar/format/format.ts';
import { checkTravel, parseTravel } from '../../grammar/language.ts';
import { convertPasted } from '../../grammar/pasted/convert-pasted.ts';
import { runs } from '../property-runs.ts';
import { caseFiles, documentedTexts, mixedText } from './checks/documents.ts';
import { fixed } from './checks/fix-faults.ts';
import { testEnvironment } from './environment.ts';

const environment = testEnvironment({ memory: 8e9 });

const toLf = (text: string) => text.replaceAll('\r\n', '\n');
const toCrlf = (text: string) => toLf(text).replaceAll('\n', '\r\n');

/** Two line ends: a single line shows none. */
const files = [...caseFiles, ...documentedTexts]
  .map(({ name, text }) => ({ name, text: `${toLf(text)}\n` }))
  .filter(({ text }) => !text.includes('\r'));

/** Everything that changes a text, with the text after it. */
function changed(text: string): (readonly [change: string, after: string])[] {
  const fixes = checkTravel(text, environment).problems.flatMap((problem) =>
    (problem.fixes ?? []).map((fix) => [toLf(`${problem.code}: ${fix.title}`), fixed(text, fix)] as const),
  );
  return [...fixes, ['format', applyEdits(text, formatTravel(text))]];
}

function expectSameEnds(text: string): void {
  const crlf = changed(toCrlf(text));
  for (const [change, after] of crlf) expect([change, after]).toEqual([change, toCrlf(after)]);
  expect(crlf).toEqual(changed(toLf(text)).map(([change, after]) => [change, toCrlf(after)]));
}

describe('fixes and the formatter keep the line ends of a file', () => {
  it.each(files)('$name', ({ text }) => {
    expectSameEnds(text);
  });

  it('below a text of several lines in parentheses', () => {
    expectSameEnds('0:\n(\n:1.2)\n0.8::b');
  });

  it('in mixtures of all of them', () => {
    fc.assert(
      fc.property(mixedText, (text) => {
        fc.pre(!/\r(?!\n)/.test(text) && text.includes('\n'));
        expectSameEnds(text);
      }),
      runs(200),
    );
  });
});

describe('what is pasted gets the line ends of the file', () => {
  const targets = ['a fox\n', '---\nfps: 8\n---\n\n', '0: a\n8: b\n'];
  const pasted = (document: string, offset: number, text: string) => {
    const target = { document: parseTravel(document), offset, frames: 16, environment, reader: foreignReader };
    const converted = convertPasted(text, target);
    return converted && [converted.text, converted.settings?.text ?? ''];
  };

  it.each(files)('$name', ({ text }) => {
    for (const target of targets) {
      for (const offset of [0, target.length]) {
        const lf = pasted(target, offset, text);
        const end = offset && toCrlf(target).length;
        expect(pasted(toCrlf(target), end, text)).toEqual(lf?.map(toCrlf) ?? null);
        expect(pasted(toCrlf(target), end, toCrlf(text))).toEqual(lf?.map(toCrlf) ?? null);
        expect(pasted(target, offset, toCrlf(text))).toEqual(lf);
      }
    }
    const alone = pasted('', 0, text);
    expect(pasted('', 0, toCrlf(text))).toEqual(alone?.map(toCrlf) ?? null);
  });
});
