import { describe, expect, it } from 'vitest';
import { countProblems, placeProblems, problemLine } from '../../cli/problems.ts';
import type { Problem, Severity } from '../../grammar/problem.ts';
import { printableLine } from '../../rendering/printable.ts';

const problem = (severity: Severity, start: number, end: number, message = 'Wrong.'): Problem => ({
  code: 'travel/example',
  severity,
  message,
  span: { start, end },
});

describe('problems for people and scripts', () => {
  it('are placed with 1-based lines and columns and an exclusive end', () => {
    expect(placeProblems('a.travel', 'head\n0: x\n1: y', [problem('error', 8, 11)])).toEqual([
      {
        file: 'a.travel',
        line: 2,
        column: 4,
        endLine: 3,
        endColumn: 2,
        severity: 'error',
        code: 'travel/example',
        message: 'Wrong.',
      },
    ]);
  });

  it('are one line that editors turn into a link', () => {
    const [placed] = placeProblems('a b.travel', 'x', [problem('warning', 0, 1)]);
    expect(problemLine(placed!)).toBe('a b.travel:1:1: warning: Wrong. [travel/example]');
  });

  it('cannot steer the terminal or fake another line', () => {
    const [placed] = placeProblems('a\u001b[2J.travel', 'x', [
      problem('error', 0, 1, 'There is no “\u001b]0;owned\u0007”\nb.travel:1:1: error: fake \u009b31m'),
    ]);
    const line = problemLine(placed!);
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    expect(line).toContain('owned');
  });

  it('keep letters of every script', () => {
    expect(printableLine('日本語 ü 🦊')).toBe('日本語 ü 🦊');
  });

  it('are counted, the worst first', () => {
    const all = [problem('warning', 0, 1), problem('error', 0, 1), problem('hint', 0, 1), problem('error', 0, 1)];
    expect(countProblems(placeProblems('a', 'x', all))).toBe('2 errors, 1 warning, 1 hint');
    expect(countProblems([])).toBe('no problems');
  });
});
