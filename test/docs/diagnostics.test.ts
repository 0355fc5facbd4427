import { describe, expect, it } from 'vitest';
import { checkTravel } from '../../grammar/language.ts';
import { environmentOf, listedPages, pages } from './pages.ts';

describe('diagnostics pages', () => {
  it('are all listed once, with their titles and severities', () => {
    const byCode = (a: { readonly code: string }, b: { readonly code: string }) => (a.code < b.code ? -1 : 1);
    const expected = pages.map(({ code, title, severities }) => ({ code, title, severities })).sort(byCode);
    const listed = listedPages.map(({ code, title, severities }) => ({ code, title, severities })).sort(byCode);
    expect(listed).toEqual(expected);
  });

  it('have examples unless the text of a file cannot cause the problem', () => {
    expect(pages.filter(({ examples }) => !examples).map(({ code }) => code)).toEqual(['frame-range']);
  });

  describe.each(pages.flatMap((page) => (page.examples ? [{ page, ...page, examples: page.examples }] : [])))(
    '$code',
    ({ page, code, severities, hasFix, examples }) => {
      const problemsOf = (text: string) => checkTravel(text, environmentOf(page)).problems;

      it('has a wrong example with the code, severity and quick fix that the page states', () => {
        const problems = problemsOf(examples.wrong);
        expect(problems.map((problem) => problem.code)).toContain(`travel/${code}`);
        const found = problems.filter((problem) => problem.code === `travel/${code}`);
        expect(found.filter(({ severity }) => !severities.includes(severity))).toEqual([]);
        expect(found.some(({ fixes = [] }) => fixes.length > 0)).toBe(hasFix);
      });

      it('has a right example without errors and warnings', () => {
        const problems = problemsOf(examples.right);
        expect(
          problems.filter(
            (problem) => problem.code === `travel/${code}` || ['error', 'warning'].includes(problem.severity),
          ),
        ).toEqual([]);
      });
    },
  );
});
