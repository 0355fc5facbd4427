import { applyEdits } from '../../../grammar/format/format.ts';
import { checkTravel } from '../../../grammar/language.ts';
import type { Fix, Problem, TextSpan } from '../../../grammar/problem.ts';
import type { TravelDocument } from '../../../grammar/syntax/document.ts';
import { EXAMPLE_EMPTY_HINTS, EXAMPLE_VIDEOS } from '../../docs/pages.ts';
import { testEnvironment } from '../environment.ts';

const environment = testEnvironment({
  memory: 8e9,
  inputVideo: (path) => EXAMPLE_VIDEOS[path] ?? null,
  emptyHints: EXAMPLE_EMPTY_HINTS,
  wildcard: (name) => (name === 'weather' ? ['sun', 'rain'] : null),
  wildcardNames: () => ['weather'],
});

export const check = (text: string) => checkTravel(text, environment);

/** The text after a fix. */
export function fixed(text: string, { edits }: Fix): string {
  return applyEdits(
    text,
    [...edits].sort((a, b) => a.span.start - b.span.start),
  );
}

/**
 * What a fix breaks: its problem remains, an error or warning is new, or a prompt that the problem does not concern
 * changes. A mechanical fix changes no prompt at all, apart from its spaces, unless it says so.
 */
export function faultsOf(text: string, problem: Problem, fix: Fix): string[] {
  const before = check(text);
  const after = check(fixed(text, fix));
  const faults: string[] = [];
  const counts = (problems: readonly Problem[]) => {
    const groups = new Map<Problem['code'], Problem[]>();
    for (const item of problems) groups.set(item.code, [...(groups.get(item.code) ?? []), item]);
    return groups;
  };
  const [earlier, later] = [counts(before.problems), counts(after.problems)];
  const countOf = (code: Problem['code'], of: typeof earlier) => of.get(code)?.length ?? 0;
  if (countOf(problem.code, later) >= countOf(problem.code, earlier)) faults.push('the problem remains');
  for (const [code, problems] of later) {
    const isSerious = problems.some(({ severity }) => severity === 'error' || severity === 'warning');
    if (isSerious && code !== problem.code && countOf(code, earlier) < problems.length) faults.push(`new: ${code}`);
  }
  const concerned =
    fix.mechanical && !fix.changesPrompt ? [] : [problem.span, ...(problem.related ?? []).map(({ span }) => span)];
  const left = unitsOf(after.document, []);
  for (const unit of unitsOf(before.document, concerned)) {
    const at = left.indexOf(unit);
    if (at < 0) faults.push(`changed: ${unit}`);
    else left.splice(at, 1);
  }
  return faults;
}

/** What all mechanical fixes together break, as “Fix all” in the editor applies them. */
export function faultsOfAll(text: string, problems: readonly Problem[]): string[] {
  const start = ({ edits }: Fix) => Math.min(...edits.map(({ span }) => span.start));
  const end = ({ edits }: Fix) => Math.max(...edits.map(({ span }) => span.end));
  let free = -1;
  const fixes = problems
    .flatMap((problem) =>
      (problem.fixes ?? [])
        .filter(({ mechanical }) => mechanical)
        .slice(0, 1)
        .map((fix) => ({ problem, ...fix })),
    )
    .sort((a, b) => start(a) - start(b))
    .filter((fix) => {
      if (start(fix) <= free) return false;
      free = end(fix);
      return true;
    });
  if (fixes.length < 2) return [];
  const edits = fixes.flatMap((fix) => fix.edits);
  const after = unitsOf(check(fixed(text, { title: '', edits, mechanical: true })).document, []);
  const concerned = fixes
    .filter(({ changesPrompt }) => changesPrompt)
    .flatMap(({ problem: { span, related = [] } }) => [span, ...related.map((other) => other.span)]);
  const before = unitsOf(check(text).document, concerned);
  if (concerned.length === 0 && before.length !== after.length) return ['“Fix all” changes the number of prompts'];
  return before.every((unit) => {
    const at = after.indexOf(unit);
    if (at >= 0) after.splice(at, 1);
    return at >= 0;
  })
    ? []
    : ['“Fix all” changes a prompt'];
}

/** The lines of head and tail and the keyframes, except those at the given places, by their words. */
function unitsOf({ head, keyframes, tail }: TravelDocument, except: readonly TextSpan[]): string[] {
  const isConcerned = (span: TextSpan) => except.some(({ start, end }) => start <= span.end && span.start <= end);
  const words = (text: string) => text.replace(/\s+/g, ' ').trim();
  return [
    ...[...head, ...tail].filter(({ line }) => !isConcerned(line)).map(({ prompt }) => words(prompt.text)),
    ...keyframes
      // With a comment at the end of its line.
      .filter(({ span, line }) => !isConcerned({ start: span.start, end: Math.max(span.end, line.end) }))
      .map(({ position, hold, transition, prompt, negative }) =>
        JSON.stringify([
          position.text,
          hold?.text ?? null,
          transition?.text ?? null,
          words(prompt.text),
          negative && words(negative.prompt.text),
        ]),
      ),
  ];
}
