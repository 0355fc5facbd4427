import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import type { Problem, Severity } from '../../grammar/problem.ts';
import type { Analysis } from '../documents/analysis.ts';

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** @param pages URI of the folder with a page for each code, ending in `/`; null if the client does not link to them */
export function diagnosticsOf(analysis: Analysis, pages: string | null = null): Diagnostic[] {
  return analysis.problems.map((problem) => diagnosticOf(analysis, problem, pages));
}

export function diagnosticOf(
  analysis: Analysis,
  { code, severity, message, span, related }: Problem,
  pages: string | null,
): Diagnostic {
  return {
    range: analysis.rangeOf(span),
    severity: SEVERITIES[severity],
    code,
    ...(pages !== null && { codeDescription: { href: `${pages}${code.slice('travel/'.length)}.md` } }),
    source: 'travel',
    message,
    ...(related && {
      relatedInformation: related.map((place) => ({
        location: { uri: analysis.uri, range: analysis.rangeOf(place.span) },
        message: place.message,
      })),
    }),
  };
}
