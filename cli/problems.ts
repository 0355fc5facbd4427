import type { Problem, Severity } from '../grammar/problem.ts';
import { printableLine } from '../rendering/printable.ts';
import type { NotTextError } from './exit-code.ts';
import { Positions } from './position.ts';

/** A problem as `travel check --json` prints it: lines and columns are 1-based, the end is exclusive. */
export interface PlacedProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
}

export function placeProblems(file: string, text: string, problems: readonly Problem[]): PlacedProblem[] {
  const positions = new Positions(text);
  return problems.map(({ span, severity, code, message }) => {
    const start = positions.at(span.start);
    const end = positions.at(span.end);
    return {
      file,
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
      severity,
      code,
      message,
    };
  });
}

/** What a file that is not text has instead of the problems of a text. */
export function notTextProblem({ shown, message }: NotTextError): PlacedProblem {
  const start = { line: 1, column: 1, endLine: 1, endColumn: 1 };
  return { file: shown, ...start, severity: 'error', code: 'travel/not-text', message };
}

/** `file:line:column: severity: message [code]`, which editors and terminals turn into links. */
export function problemLine({ file, line, column, severity, message, code }: PlacedProblem): string {
  return printableLine(`${file}:${line}:${column}: ${severity}: ${message} [${code}]`);
}

/** `2 errors, 1 warning`; or `no problems`. */
export function countProblems(problems: readonly PlacedProblem[]): string {
  const counts = (['error', 'warning', 'information', 'hint'] as const)
    .map((severity) => ({ severity, count: problems.filter((problem) => problem.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${count} ${count === 1 || severity === 'information' ? severity : `${severity}s`}`);
  return counts.length === 0 ? 'no problems' : counts.join(', ');
}
