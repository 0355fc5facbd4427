import { type CodeAction, CodeActionKind, type Diagnostic, type Range, type TextEdit } from 'vscode-languageserver';
import type { Fix, Problem } from '../../grammar/problem.ts';
import { type Analysis, overlaps } from '../documents/analysis.ts';
import { diagnosticOf } from './diagnostics.ts';

/** All mechanical repairs at once; on save where the editor is set so. */
export const FIX_ALL = `${CodeActionKind.SourceFixAll}.travel`;

export const CODE_ACTION_KINDS: readonly string[] = [CodeActionKind.QuickFix, FIX_ALL];

/**
 * @param only kinds that the client asks for, with all kinds below them; absent: all
 * @param pages as `diagnosticsOf` takes it
 */
export function codeActionsOf(
  analysis: Analysis,
  range: Range,
  only: readonly string[] | undefined,
  pages: string | null = null,
): CodeAction[] {
  const wanted = (kind: string) => !only || only.some((asked) => kind === asked || kind.startsWith(`${asked}.`));
  return [
    ...(wanted(CodeActionKind.QuickFix) ? quickFixes(analysis, range, pages) : []),
    ...(wanted(FIX_ALL) ? fixAll(analysis) : []),
  ];
}

function quickFixes(analysis: Analysis, range: Range, pages: string | null): CodeAction[] {
  const span = analysis.spanOf(range);
  const here = analysis.problems.filter((problem) => problem.fixes?.length && overlaps(problem.span, span));
  return [
    ...here.flatMap((problem) =>
      (problem.fixes ?? []).map((fix, i) =>
        action(analysis, fix.title, [fix], diagnosticOf(analysis, problem, pages), i === 0),
      ),
    ),
    ...[...new Map(here.map((problem) => [problem.code, problem])).values()].flatMap((kind) =>
      fixKind(analysis, kind, diagnosticOf(analysis, kind, pages)),
    ),
  ];
}

/** The first repair of every problem of one kind, where there are several: a pasted schedule is converted at once. */
function fixKind(analysis: Analysis, { code }: Problem, diagnostic: Diagnostic): CodeAction[] {
  const same = analysis.problems.flatMap((other) => (other.code === code ? (other.fixes ?? []).slice(0, 1) : []));
  const together = apart(same);
  const title = together.every((fix) => fix.title === together[0]?.title)
    ? `${together[0]?.title} (all ${together.length})`
    : `Repair all ${together.length} of this kind`;
  return together.length > 1 ? [action(analysis, title, together, diagnostic, false)] : [];
}

function fixAll(analysis: Analysis): CodeAction[] {
  const fixes = apart(
    analysis.problems.flatMap(({ fixes = [] }) => fixes.filter(({ mechanical }) => mechanical).slice(0, 1)),
  );
  if (fixes.length === 0) return [];
  return [
    {
      title: 'Repair what can be repaired safely',
      kind: FIX_ALL,
      edit: { changes: { [analysis.uri]: editsOf(analysis, fixes) } },
    },
  ];
}

function action(
  analysis: Analysis,
  title: string,
  fixes: readonly Fix[],
  diagnostic: Diagnostic,
  isPreferred: boolean,
): CodeAction {
  return {
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnostic],
    ...(isPreferred && { isPreferred }),
    edit: { changes: { [analysis.uri]: editsOf(analysis, fixes) } },
  };
}

function editsOf(analysis: Analysis, fixes: readonly Fix[]): TextEdit[] {
  return fixes.flatMap(({ edits }) =>
    edits.map(({ span, text }) => ({ range: analysis.rangeOf(span), newText: text })),
  );
}

/** The fixes whose edits touch no edit of one before; the others find their turn when the file is repaired again. */
function apart(fixes: readonly Fix[]): Fix[] {
  const chosen: Fix[] = [];
  // By where they begin, so that only the furthest end so far has to be looked at.
  const ordered = [...fixes].sort((a, b) => startOf(a) - startOf(b));
  let free = -1;
  for (const fix of ordered) {
    if (startOf(fix) <= free) continue;
    chosen.push(fix);
    free = fix.edits.reduce((end, { span }) => Math.max(end, span.end), free);
  }
  return chosen;
}

const startOf = ({ edits }: Fix) => edits.reduce((start, { span }) => Math.min(start, span.start), Infinity);
