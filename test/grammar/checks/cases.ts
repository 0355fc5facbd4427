import { expect, it } from 'vitest';
import { applyEdits } from '../../../grammar/format/format.ts';
import { checkTravel } from '../../../grammar/language.ts';
import { testEnvironment } from '../environment.ts';

export const check = (text: string) => checkTravel(text, testEnvironment());

/** The problems of a text: code and the text at the span. */
export const found = (text: string) =>
  check(text).problems.map(({ code, span }) => [code.replace('travel/', ''), text.slice(span.start, span.end)]);

/** Code, text, the text at the span, and the text after the first fix, if there is one. */
export type Case = readonly [string, string, string, string?];

/** Each is found, and the first fix of its problem repairs it. */
export function testCases(cases: readonly Case[]): void {
  it.each(cases.map(([code, text, pointed, repaired = null]) => ({ code, text, pointed, repaired })))(
    '$code in $text',
    ({ code, text, pointed, repaired }) => {
      expect(found(text)).toContainEqual([code, pointed]);
      if (repaired === null) return;
      const problem = check(text).problems.find(
        (item) => item.code === `travel/${code}` && text.slice(item.span.start, item.span.end) === pointed,
      )!;
      expect(applyEdits(text, problem.fixes![0]!.edits)).toBe(repaired);
      if (code !== 'typographic-characters') expect(found(repaired)).not.toContainEqual([code, pointed]);
    },
  );
}
