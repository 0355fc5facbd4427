import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import type { Problem, Severity } from '../protocol/problem.ts';
import type { Analysis } from './analysis.ts';

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

export function diagnosticsOf(analysis: Analysis): Diagnostic[] {
  return analysis.problems.map((problem) => diagnosticOf(analysis, problem));
}

export function diagnosticOf(analysis: Analysis, { code, severity, message, span, related }: Problem): Diagnostic {
  return {
    range: analysis.rangeOf(span),
    severity: SEVERITIES[severity],
    code,
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
